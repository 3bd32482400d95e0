/* The garbage collector works a little for each piece of memory that Lua asks for. While a text is
 * decoded that is in vain: nothing of it is garbage yet, and in generational mode the collector
 * marks all that is there so far, again and again, which took a third of the time of a large page.
 * So it does the same work before: it is told that the memory is taken already, works for that, and
 * then is told that the memory was given back.
 *
 * In sum it was told nothing. So nothing is left to be undone, whatever happens while the text is
 * decoded; and the collector is not stopped, nor is its mode or a parameter changed, which are the
 * host's. If a text takes more than was told, the collector works within, as ever.
 *
 * Lua 5.5 cannot be told that memory was given back: what it is told is a size_t. Nor is there
 * anything to gain, since its collector works little within a page, in either mode. */
#include "lua/json/collector.h"

enum {
    LARGE = 64 * 1024,  /* below that nothing was gained */
    TIMES = 4,          /* what a text may take in Lua: a page of tasks takes 2 times its length */
    MOST = 1024 * 1024, /* KiB; so much fits wherever Lua runs */
};

void tl_collect_ahead(lua_State *L, size_t length)
{
    /* Not when the host has stopped the collector, because this step would run all the same; nor in
     * a finalizer, where lua_gc gives 0 or, since Lua 5.4.4, -1. */
    if (LUA_VERSION_NUM != 504 || length < LARGE || lua_gc(L, LUA_GCISRUNNING) != 1)
        return;
    size_t kib = length / 1024 * TIMES;
    int told = kib < MOST ? (int)kib : MOST;
    lua_gc(L, LUA_GCSTEP, told);
    lua_gc(L, LUA_GCSTEP, -told);
}
