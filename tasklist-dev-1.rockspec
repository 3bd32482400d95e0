rockspec_format = "3.0"
package = "tasklist"
version = "dev-1"
source = { url = "git+file://." } -- made from a checkout
description = {
  summary = "The user tasks of a Camunda 8 cluster",
  detailed = "A client for the Tasklist REST API of Camunda 8: signs in, searches tasks, gives plain Lua tables. "
    .. "C over libcurl, for scripts and for programs that embed Lua.",
  license = "MIT",
  labels = { "camunda", "http", "client" },
}
dependencies = { "lua >= 5.4, < 5.6" }
-- No headers: Debian keeps them in a multiarch folder, where LuaRocks does not look.
external_dependencies = { CURL = { library = "curl" }, ZLIB = { library = "z" } }
-- The Makefile knows how to link (see `nodelete` there), which "builtin" can't say.
build = {
  type = "make",
  build_target = "all",
  build_variables = {
    LUA = "$(LUA)",
    CC = "$(CC)",
    CFLAGS = "$(CFLAGS)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    CURL_INCDIR = "$(CURL_INCDIR)",
    CURL_LIBDIR = "$(CURL_LIBDIR)",
  },
  -- The man page and the completions stay in the rock's own folder: `luarocks show --rock-dir tasklist` says where.
  install_variables = {
    LUA = "$(LUA)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    INST_LUADIR = "$(LUADIR)",
    INST_LIBDIR = "$(LIBDIR)",
    INST_BINDIR = "$(BINDIR)",
    INST_SHAREDIR = "$(PREFIX)/share",
  },
}
test = { type = "busted" }
