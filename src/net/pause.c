#include "net/pause.h"

#include "net/engine_private.h"

static void on_time(tl_timer *timer)
{
    tl_pause *pause = TL_OWNER(timer, tl_pause, timer);
    tl_engine *engine = pause->awaited.engine;
    pause->awaited.over = true;
    engine->in_flight--;
    tl_link_insert_before(&engine->finished, &pause->awaited.queue);
}

tl_pause *tl_pause_new(tl_engine *engine, tl_time time)
{
    tl_pause *pause = tl_allocator_new(&engine->allocator, sizeof *pause);
    if (!pause)
        return NULL;
    pause->awaited.engine = engine;
    tl_link_init(&pause->awaited.queue);
    tl_link_init(&pause->all);
    tl_link_insert_before(&engine->pauses, &pause->all);
    tl_timer_init(&pause->timer, on_time);
    tl_timer_set(&engine->schedule.wall, &pause->timer, tl_now() + time);
    engine->in_flight++;
    return pause;
}

void tl_pause_free(tl_pause *pause)
{
    tl_engine *engine = pause->awaited.engine;
    if (!pause->awaited.over)
        engine->in_flight--;
    tl_timer_clear(&pause->timer);
    tl_link_remove(&pause->all);
    tl_link_remove(&pause->awaited.queue);
    tl_allocator_free(&engine->allocator, pause, sizeof *pause);
}
