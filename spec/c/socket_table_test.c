#include "net/socket_table.h"
#include "test.h"

#include <stdio.h>

enum { MANY = 3000 };

typedef struct fixture {
    test_memory memory;
    tl_allocator allocator;
    tl_socket_table table;
} fixture;

static void open_table(fixture *f)
{
    *f = (fixture){0};
    f->allocator = test_allocator(&f->memory);
    tl_socket_table_init(&f->table, &f->allocator);
}

static void close_table(fixture *f)
{
    tl_socket_table_free(&f->table);
    assert_int_equal(f->memory.live, 0);
    assert_int_equal(f->memory.lies, 0);
}

/* Each descriptor has its own, of which many have the same port at our end. */
static tl_ends ends_of(int fd)
{
    tl_ends ends = {.local_ip = "10.0.0.9", .port = 443, .local_port = 50000 + fd % 500};
    snprintf(ends.ip, sizeof ends.ip, "10.0.0.%d", fd / 500);
    return ends;
}

static tl_socket *add(fixture *f, int fd)
{
    tl_socket *socket = tl_socket_table_add(&f->table, fd);
    assert_non_null(socket);
    const tl_ends ends = ends_of(fd);
    assert_null(tl_socket_table_find_by_ends(&f->table, &ends));
    tl_socket_table_set_ends(&f->table, socket, &ends);
    return socket;
}

static void expect(const fixture *f, int fd, const tl_socket *socket)
{
    const tl_ends ends = ends_of(fd);
    assert_ptr_equal(tl_socket_table_find(&f->table, fd), socket);
    assert_ptr_equal(tl_socket_table_find_by_ends(&f->table, &ends), socket);
}

static void each_is_found_among_many(void **state)
{
    (void)state;
    static tl_socket *sockets[MANY];
    fixture f;
    open_table(&f);
    for (int fd = 0; fd < MANY; fd++) {
        expect(&f, fd, NULL);
        sockets[fd] = add(&f, fd);
    }
    assert_true(f.table.size >= MANY);
    for (int fd = 0; fd < MANY; fd += 3)
        tl_socket_table_remove(&f.table, sockets[fd]);
    for (int fd = 0; fd < MANY; fd++)
        expect(&f, fd, fd % 3 == 0 ? NULL : sockets[fd]);
    assert_int_equal(f.table.count, MANY - MANY / 3);
    assert_ptr_equal(tl_socket_table_first(&f.table), sockets[1]);
    close_table(&f);
}

static void an_empty_table_finds_nothing(void **state)
{
    (void)state;
    fixture f;
    open_table(&f);
    expect(&f, 5, NULL);
    expect(&f, -1, NULL);
    assert_null(tl_socket_table_first(&f.table));
    close_table(&f);
}

static void a_socket_has_no_ends_at_first_and_may_get_others(void **state)
{
    (void)state;
    fixture f;
    open_table(&f);
    const tl_ends none = {.port = 0}, first = ends_of(1), second = ends_of(2);
    tl_socket *socket = tl_socket_table_add(&f.table, 7);
    assert_non_null(socket);
    assert_null(tl_socket_table_find_by_ends(&f.table, &none));
    tl_socket_table_set_ends(&f.table, socket, &first);
    tl_socket_table_set_ends(&f.table, socket, &second);
    assert_null(tl_socket_table_find_by_ends(&f.table, &first));
    assert_ptr_equal(tl_socket_table_find_by_ends(&f.table, &second), socket);
    close_table(&f);
}

/* Each time that memory is asked for fails once. A socket is only refused for want of its own
 * memory or of the first rings; without memory for more rings it goes into those there are. */
static void without_memory_all_that_was_added_is_still_found(void **state)
{
    (void)state;
    enum { SOME = 100 };
    int refused_in_all = 0;
    for (size_t fail_at = 1; fail_at < SOME + 10; fail_at++) {
        tl_socket *sockets[SOME];
        int refused = 0;
        fixture f;
        open_table(&f);
        f.memory.fail_at = fail_at;
        for (int fd = 0; fd < SOME; fd++) {
            sockets[fd] = tl_socket_table_add(&f.table, fd);
            refused += sockets[fd] ? 0 : 1;
            const tl_ends ends = ends_of(fd);
            if (sockets[fd])
                tl_socket_table_set_ends(&f.table, sockets[fd], &ends);
        }
        for (int fd = 0; fd < SOME; fd++)
            expect(&f, fd, sockets[fd]);
        refused_in_all += refused;
        assert_int_equal(f.table.count, SOME - refused);
        close_table(&f);
    }
    assert_int_equal(refused_in_all, SOME + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_among_many),
        cmocka_unit_test(an_empty_table_finds_nothing),
        cmocka_unit_test(a_socket_has_no_ends_at_first_and_may_get_others),
        cmocka_unit_test(without_memory_all_that_was_added_is_still_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
