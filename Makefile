# tasklist: `make help` lists the targets. Every variable can be set on the command line.
LUA        ?= lua5.4
LUA_INCDIR ?= /usr/include/lua5.4
LUA_LIBRARY ?= -llua5.4
CURL_INCDIR ?=
CURL_LIBDIR ?=
CFLAGS     ?= -O2 -g
OBJCOPY    ?= objcopy
WARNINGS    = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
PREFIX     ?= /usr/local
LUA_VERSION = 5.4
BUILD      ?= build
# Scripts in tools/ call it, and may not find it as "make".
export MAKE
SYSTEM     := $(shell uname -s)

# The file that watches many descriptors at once is src/net/poller_$(POLLER).c. Another one than the system's own wants
# a BUILD of its own, too.
ifeq ($(SYSTEM),Linux)
POLLER     ?= epoll
else
POLLER     ?= kqueue
endif
# What kqueue needs on Linux, where it is a library: tools/test-kqueue.
POLLER_CFLAGS    ?=
POLLER_LIBRARIES ?=

TL_CFLAGS  = -std=c11 -D_GNU_SOURCE -iquote src -fPIC -fvisibility=hidden $(WARNINGS) $(CFLAGS) -MMD -MP \
	$(CURL_INCDIR:%=-I%) $(POLLER_CFLAGS)
# No -lm: whatever stands here is searched for each of the 11,000 symbols of libcurl and its libraries, with each start.
LIBRARIES  = -lcurl -lz $(POLLER_LIBRARIES)
TL_LDFLAGS = $(LDFLAGS) $(CURL_LIBDIR:%=-L%)

rooms           = base json identity net
core_sources    = $(filter-out src/net/poller_%.c,$(wildcard $(rooms:%=src/%/*.c))) src/net/poller_$(POLLER).c
core_objects    = $(core_sources:src/%.c=$(BUILD)/%.o)
binding_objects = $(patsubst src/%.c,$(BUILD)/%.o,$(wildcard src/lua/*.c src/lua/json/*.c))
core_archive    = $(BUILD)/libtasklist_core.a
module          = $(BUILD)/tasklist/core.so
terminal        = $(BUILD)/tasklist/terminal.so
static_archive  = $(BUILD)/libtasklist.a
# What a program that embeds the module has inside. It is no terminal's program (cli), and the sandbox is for tests, and
# needs C modules of others: who wants them installs the module.
layer           = $(shell find lua/tasklist -name '*.lua' ! -path '*/cli/*' ! -path '*/sandbox/*' | LC_ALL=C sort)
embed_objects   = $(patsubst %,$(BUILD)/embed/%.o,preload layer)
embed_example   = $(BUILD)/embed/embed
c_tests         = $(patsubst spec/c/%.c,$(BUILD)/spec/%,$(wildcard spec/c/*_test.c))
host_objects    = $(patsubst %,$(BUILD)/spec/%.o,host host_deeds)
preloaded       = $(patsubst %,$(BUILD)/spec/%.so,slow_lookup shifted_clock pollable_kqueue process)
fuzzer          = $(BUILD)/fuzz/decode_fuzz
fuzzer_objects  = $(patsubst spec/%.c,$(BUILD)/%.o,$(wildcard spec/fuzz/*.c))
bench_programs  = $(addprefix $(BUILD)/bench/,floor starter scale many/floor many/server easy.so empty.so)
scale_objects   = $(patsubst bench/%.c,$(BUILD)/%.o,$(wildcard bench/scale/*.c))
c_test_support  = $(patsubst %,$(BUILD)/spec/%.o,test server driver stores)

packages         = build-essential lua5.4 liblua5.4-dev libcurl4-openssl-dev zlib1g-dev ca-certificates
sandbox_packages = lua-cqueues lua-luaossl
test_packages    = $(sandbox_packages) lua-luv lua-cjson lua-socket lua-busted libcmocka-dev binutils curl locales \
	openssl tinyproxy nginx haproxy zsh fish mandoc
bench_packages   = $(sandbox_packages) lua-luv lua-cjson valgrind
host_packages    = lighttpd lighttpd-modules-lua prosody lua-event libuv1-dev
lint_packages    = $(test_packages) lua-check clang clang-format

# A folder with another cjson.so than the system's, for the tests.
CJSON_DIR ?=
# A folder with lua-cjson's source, for `make test-embed`: it is put into a program then as the manual says.
CJSON_SOURCE ?=
cjson_path = $(CJSON_DIR:%=%/?.so;)

# A checkout is used in place: both paths end in what the system has.
checkout = LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='$(cjson_path)$(BUILD)/?.so;;' \
	$(CJSON_DIR:%=CJSON_DIR='%')

.PHONY: all everything strict test doc check-types soak integration test-debian test-cjson test-hosts test-libcurl \
	test-kqueue test-kqueue-with test-lua55 test-lua55-with test-tsan test-tsan-with test-valgrind test-asan \
	test-asan-with package fuzz fuzz-with fuzz-answers fuzz-answers-with demo sandbox bench lint install clean help \
	setup setup-demo setup-bench setup-test setup-lint static install-static test-static \
	test-embed always
.DELETE_ON_ERROR:

all: $(module) $(terminal) ## build the module and what the program has besides it

# z nodelete: a name lookup's thread may still run in libcurl when Lua unloads the module. The linker of macOS knows
# neither that nor exclude-libs; and it must be told that Lua's functions come from the program that loads the module.
ifeq ($(SYSTEM),Darwin)
LINK_MODULE = -bundle -undefined dynamic_lookup
else
LINK_MODULE = -shared -Wl,-z,nodelete -Wl,--exclude-libs,ALL
endif

$(module): $(binding_objects) $(core_archive)
	@mkdir -p $(@D)
	$(CC) $(LINK_MODULE) $(TL_LDFLAGS) -o $@ $(binding_objects) $(core_archive) $(LIBRARIES)

$(terminal): src/program/terminal.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) $(LINK_MODULE) $(LDFLAGS) -o $@ $<

$(core_archive): $(core_objects)
	@rm -f $@
	$(AR) rcs $@ $^

$(core_objects): $(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -c -o $@ $<

$(binding_objects) $(BUILD)/embed/preload.o: $(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) -c -o $@ $<

# Each file has the value of a variable, and becomes newer only when that is another one than before: what depends on the
# file is built anew then.
$(patsubst %,$(BUILD)/settings/%,LUA LUA_INCDIR layer): $(BUILD)/settings/%: always
	@mkdir -p $(@D)
	@echo '$($*)' | cmp -s - $@ || echo '$($*)' >$@

$(binding_objects) $(embed_objects) $(terminal) $(host_objects) $(preloaded) $(fuzzer_objects): $(BUILD)/settings/LUA_INCDIR

static: $(static_archive) ## build the module as a library for programs that embed Lua

$(BUILD)/embed/layer.c: tools/bytecode $(layer) $(patsubst %,$(BUILD)/settings/%,LUA layer)
	@mkdir -p $(@D)
	@$(LUA) $< $(layer) >$@

$(BUILD)/embed/layer.o: $(BUILD)/embed/layer.c
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) -c -o $@ $<

# All is one object, in which only what tasklist.h declares keeps its name: no other name can meet one of the program's.
# The linker of macOS takes the names of what is hidden away by itself.
ifneq ($(SYSTEM),Darwin)
LOCALIZE = $(OBJCOPY) --localize-hidden
else
LOCALIZE = true
endif

$(static_archive): $(binding_objects) $(core_objects) $(embed_objects)
	$(CC) -r -nostdlib -o $(BUILD)/embed/tasklist.o $^
	$(LOCALIZE) $(BUILD)/embed/tasklist.o
	@rm -f $@
	$(AR) rcs $@ $(BUILD)/embed/tasklist.o

$(embed_example): examples/embed/embed.c src/embed/tasklist.h $(static_archive)
	$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -Isrc/embed -I$(LUA_INCDIR) $(TL_LDFLAGS) -o $@ $(filter-out %.h,$^) \
		$(LUA_LIBRARY) $(LIBRARIES) -lpthread

# The core says its version, so that Lua files of another one do not go on with it.
$(BUILD)/lua/module.o: lua/tasklist/version.lua
$(BUILD)/lua/module.o: TL_CFLAGS += -DTL_VERSION=$(shell sed -n 's/^return //p' lua/tasklist/version.lua | sed "s/.*/'&'/")

$(BUILD)/spec/%.o: spec/c/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -DPOLLER_$(POLLER) -c -o $@ $<

$(patsubst %,$(BUILD)/spec/%_test,poller wakeups watching): $(BUILD)/spec/poller_calls.o

$(c_tests): $(BUILD)/spec/%: $(BUILD)/spec/%.o $(c_test_support) $(core_archive)
	$(CC) $(CFLAGS) $(TL_LDFLAGS) -o $@ $^ -lcmocka $(LIBRARIES) -lpthread

$(BUILD)/bench/%: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) $(TL_LDFLAGS) -o $@ $< -lcurl

$(scale_objects): $(BUILD)/%.o: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -c -o $@ $<

# bench/scale/main.c has a function in the place of the one that is wrapped.
$(BUILD)/bench/scale: $(scale_objects) $(core_archive)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(TL_LDFLAGS) -Wl,--wrap=curl_multi_remove_handle -o $@ $^ $(LIBRARIES)

$(BUILD)/bench/%.so: bench/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) $(TL_LDFLAGS) -shared -o $@ $< -lcurl

.SECONDARY:

# Libraries to preload (name lookups that are slow, a clock that somebody sets), and a module that looks at the process.
$(BUILD)/spec/%.so: spec/support/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) -shared -o $@ $<

# A program that embeds the module.
$(host_objects): $(BUILD)/spec/%.o: spec/support/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) -c -o $@ $<

$(BUILD)/spec/host: $(host_objects) $(binding_objects) $(core_archive)
	$(CC) $(CFLAGS) $(TL_LDFLAGS) -rdynamic -o $@ $(filter %.o %.a,$^) $(LUA_LIBRARY) $(LIBRARIES) -lpthread

# An example that embeds Lua.
$(BUILD)/hosts/libuv: examples/hosts/libuv/server.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) $(LDFLAGS) -o $@ $< -luv $(LUA_LIBRARY)

setup:
	@tools/require $(packages)
setup-demo: setup
	@tools/require $(sandbox_packages)
setup-bench: setup
	@tools/require $(bench_packages)
setup-test: setup
	@tools/require $(test_packages)
setup-lint: setup
	@tools/require $(lint_packages)

# Where specs run once more, so that calls park; see .busted for which ones.
INSIDE ?= map cqueues luv
# $(call inside,how to start tools/busted,task)
inside = $(if $(strip $(INSIDE)),--at-once $(foreach mode,$(INSIDE), \
	'TASKLIST_INSIDE=$(mode) $(1) tools/busted -o TAP --run $(2)'))

# Versions of Camunda whose newer API specs run against, too; see .busted for which ones. What calls are made of below
# their API is the same there.
SERVERS ?= 8.8 8.10
servers = $(if $(strip $(SERVERS)),--at-once $(foreach version,$(SERVERS), \
	'TASKLIST_SERVER=$(version) $(LUA) tools/busted -o TAP --run servers'))

# Whether the specs of the program run, too: it is Lua in processes of its own, to which another libcurl or compiler
# makes no difference.
PROGRAM ?= yes
program = $(if $(strip $(PROGRAM)),'$(LUA) tools/busted -o TAP --run program')

test: setup-test ## run all tests; installs what they need
	@$(MAKE) --no-print-directory all $(c_tests) $(preloaded) $(BUILD)/spec/host
	@$(checkout) TASKLIST_BUILD='$(BUILD)' $(LUA) tools/run-tests $(foreach test,$(c_tests),'CMOCKA_MESSAGE_OUTPUT=TAP $(test)') \
		'$(LUA) tools/busted -o TAP' $(program) $(servers) $(call inside,$(LUA),inside)

# The module itself loads no lua-cjson: to all other specs it makes no difference.
test-cjson: setup-test ## run the specs that use lua-cjson, with the one in CJSON_DIR
	@$(MAKE) --no-print-directory all $(preloaded) $(BUILD)/spec/host
	@$(checkout) TASKLIST_BUILD='$(BUILD)' $(LUA) tools/run-tests \
		'$(LUA) tools/busted -o TAP $(filter-out spec/embed/%,$(shell grep -l cjson spec/*_spec.lua spec/*/*_spec.lua))'

# The program in C is built with the sanitizers, which see what it does wrong also where it works. haproxy has Lua 5.4 from
# Debian 13 on.
test-hosts: setup-test ## run examples/hosts in the programs of others that they are for; installs these
	@tools/require $(host_packages)
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory CFLAGS='-O1 -g $(sanitizers)' $(BUILD)/hosts/libuv
	@if PATH=$$PATH:/usr/sbin haproxy -vv | grep -q 'Built with Lua version : Lua 5\.4'; \
	then haproxy='$(LUA) tools/busted -o TAP --run haproxy'; \
	else echo 'haproxy is not tried: it has another Lua than 5.4'; fi; \
	$(checkout) TASKLIST_BUILD='$(BUILD)' $(LUA) tools/run-tests \
		'$(LUA) tools/busted -o TAP --run hosts' $${haproxy:+"$$haproxy"}

# Of what pycurl's wheels carry: the oldest, the nearest to Debian 13's 8.14, and the newest.
LIBCURL ?= 8.12 8.16 newest

test-libcurl: setup-test ## run all tests with other libcurls, those that LIBCURL names; fetches them from PyPI
	@tools/require python3-pip
	@tools/run-steps $(LIBCURL:%='tools/test-libcurl %')

# The check comes first, so that nothing is installed in vain.
test-kqueue: ## run the C tests with the poller for kqueue, which libkqueue emulates on Linux; says what it lacks
	@tools/test-kqueue --check
	@$(MAKE) --no-print-directory setup-test
	@tools/test-kqueue

test-kqueue-with:
	@$(MAKE) --no-print-directory $(c_tests) $(BUILD)/spec/pollable_kqueue.so
	@$(LUA) tools/run-tests $(foreach test,$(c_tests), \
		'CMOCKA_MESSAGE_OUTPUT=TAP LD_PRELOAD=$(BUILD)/spec/pollable_kqueue.so $(test)')

# The check comes first, so that nothing is installed in vain.
test-lua55: ## run scripts of specs in Lua 5.5, whose source is fetched from crates.io; says what it lacks
	@tools/test-lua55 --check
	@$(MAKE) --no-print-directory setup-test
	@$(MAKE) --no-print-directory all
	@tools/test-lua55

# busted itself is in Lua 5.4, with the module of that.
test-lua55-with: all $(BUILD)/spec/host
	@LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='build/?.so;;' TASKLIST_LUA='$(BUILD)/spec/host' \
		$(LUA) tools/run-tests '$(LUA) tools/busted -o TAP --run lua55'

DEBIAN ?= bookworm trixie

test-debian: ## run `make demo`, `make test`, `make test-hosts`, `make test-static` and `make strict` in minimal Debians, those that DEBIAN names; needs root
	@! tools/test-debian --check || tools/run-steps $(DEBIAN:%='tools/test-debian %')

# The check comes first, so that nothing is installed in vain.
integration: ## run the tests that need a real Keycloak, Camunda's own clients or Prism, which are fetched; needs a JDK, Maven, Node.js
	@tools/keycloak --check
	@$(MAKE) --no-print-directory setup-test
	@$(MAKE) --no-print-directory all
	@tools/keycloak
	@tools/clients
	@tools/prism
	@$(checkout) $(LUA) tools/run-tests '$(LUA) tools/busted -o TAP --run integration'

valgrind = valgrind -q --error-exitcode=99 --keep-debuginfo=yes --leak-check=full \
	--errors-for-leak-kinds=definite

test-valgrind: setup-test ## run all tests but those of plain Lua under valgrind
	@tools/require valgrind
	@$(MAKE) --no-print-directory all $(c_tests) $(preloaded) $(BUILD)/spec/host
	@$(checkout) $(LUA) tools/run-tests \
		$(foreach test,$(c_tests),'CMOCKA_MESSAGE_OUTPUT=TAP $(valgrind) $(test)') \
		'$(valgrind) $(BUILD)/spec/host tools/busted -o TAP --run checked' \
		$(call inside,$(valgrind) $(BUILD)/spec/host,inside-briefly)

# A preloaded library may come before the sanitizer's.
sanitizers  = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
sanitizing  = ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=1 TASKLIST_LUA=$(BUILD)/spec/host

COMPILERS ?= gcc clang

test-asan: setup-test ## run all tests under the sanitizers, built by gcc and by clang, or by what COMPILERS names
	@tools/require clang libclang-rt-dev
	@$(MAKE) --no-print-directory BUILD=build all $(preloaded:$(BUILD)/%=build/%)
	@tools/run-steps $(foreach compiler,$(COMPILERS),'$(MAKE) --no-print-directory \
		CC=$(compiler) BUILD=build/asan-$(compiler) test-asan-with')

test-asan-with:
	@$(MAKE) --no-print-directory CFLAGS='-O1 -g $(sanitizers)' all $(c_tests) $(BUILD)/spec/host
	@$(checkout) $(sanitizing) $(LUA) tools/run-tests \
		$(foreach test,$(c_tests),'CMOCKA_MESSAGE_OUTPUT=TAP $(test)') \
		'$(BUILD)/spec/host tools/busted -o TAP' $(call inside,$(BUILD)/spec/host,inside)

# The C tests have one thread that uses the core. busted itself is in plain Lua: the module that is sanitized is in the
# host program.
test-tsan: setup-test ## run a program with a Lua state in each of several threads under the thread sanitizer
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory BUILD=build/tsan CFLAGS='-O1 -g -fsanitize=thread' test-tsan-with

test-tsan-with: $(BUILD)/spec/host
	@LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='build/?.so;;' TASKLIST_LUA='$(BUILD)/spec/host' \
		$(LUA) tools/run-tests '$(LUA) tools/busted -o TAP spec/threads_spec.lua'

# gcc alone: what its sanitizers miss, `make test-asan` finds with those of clang.
embedding = CC=gcc $(BUILD)/embed-$(1)/embed/embed BUILD=$(BUILD)/embed-$(1)

# $(call embedded,task)
embedded = $(checkout) $(CJSON_SOURCE:%=CJSON_SOURCE='%') TASKLIST_BUILD='$(BUILD)' $(LUA) tools/run-tests \
	'$(LUA) tools/busted -o TAP --run $(1)'

test-static: setup-test ## test the library for programs that embed Lua
	@tools/require cmake pkg-config
	@$(MAKE) --no-print-directory all static
	@$(call embedded,static)

test-embed: setup-test ## the same, and a program that embeds Lua under sanitizers and valgrind
	@tools/require cmake pkg-config valgrind
	@$(MAKE) --no-print-directory all static $(embed_example) $(BUILD)/bench/many/server
	@$(MAKE) --no-print-directory $(call embedding,asan) CFLAGS='-O1 -g $(sanitizers)'
	@$(MAKE) --no-print-directory $(call embedding,tsan) CFLAGS='-O1 -g -fsanitize=thread'
	@$(call embedded,embed)

# What is found goes into the build's folder; what is worth keeping is copied into the corpus by hand.
FUZZ_SECONDS ?= 60

$(BUILD)/fuzz/%.o: spec/fuzz/%.c
	@mkdir -p $(@D)
	$(CC) $(TL_CFLAGS) -I$(LUA_INCDIR) -c -o $@ $<

$(fuzzer): $(fuzzer_objects) $(binding_objects) $(core_archive)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(TL_LDFLAGS) -o $@ $^ $(LUA_LIBRARY) $(LIBRARIES)

fuzz: setup-test ## look for FUZZ_SECONDS for a text that breaks the decoder
	@tools/require clang libclang-rt-dev
	@$(MAKE) --no-print-directory CC=clang BUILD=build/asan-fuzz \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(sanitizers)' fuzz-with

fuzz-with: $(fuzzer)
	@mkdir -p $(BUILD)/fuzz/corpus
	$(fuzzer) -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -verbosity=0 -print_final_stats=1 \
		-dict=spec/fuzz/json.dict \
		-artifact_prefix=$(BUILD)/fuzz/ $(BUILD)/fuzz/corpus spec/fuzz/corpus

ANSWERS   ?= 10000
FUZZ_SEED ?=
FUZZ_CASE ?=

fuzz-answers: setup-test ## drive every verb through ANSWERS answers that are spoiled, under the sanitizers
	@$(MAKE) --no-print-directory CC=gcc BUILD=build/asan-gcc fuzz-answers-with

fuzz-answers-with:
	@$(MAKE) --no-print-directory CFLAGS='-O1 -g $(sanitizers)' all $(BUILD)/spec/host
	@$(checkout) $(sanitizing) timeout 900 $(BUILD)/spec/host spec/fuzz/answers/run.lua $(ANSWERS) '$(FUZZ_SEED)' \
		$(BUILD)/answers.case '$(FUZZ_CASE)' \
		|| { echo "the last case was $$(cat $(BUILD)/answers.case)" >&2; exit 1; }

SOAK_SECONDS ?= 300

soak: setup-test ## watch a sandbox that restarts, cuts and expires tokens for SOAK_SECONDS; every task handled once
	@$(MAKE) --no-print-directory all
	@$(checkout) $(LUA) spec/soak/watch_soak.lua $(SOAK_SECONDS)

demo: setup-demo ## show what the program does, against a sandbox
	@$(MAKE) --no-print-directory all
	@bin/tasklist sandbox -- tools/demo

# Ctrl-C is how it ends, and no failure that make should tell of: the shell outlives it, and says that all is well.
sandbox: setup-demo ## run a sandbox, and print the line that leads another terminal to it
	@$(MAKE) --no-print-directory all
	@trap : INT; bin/tasklist sandbox || [ $$? -eq 130 ]

# The names of files in bench/parts/; without any, all are measured, and bench/results.md and its plot are written.
PARTS ?=

bench: setup-bench ## measure searches, walks and starts against bare libcurl; writes bench/results.md, or only shows PARTS of it
	@$(MAKE) --no-print-directory all $(bench_programs)
	@$(checkout) $(LUA) bench/run.lua $(BUILD)/bench '$(LUA)' '$(CC)' $(PARTS)

lint: setup-lint ## check the style of C and Lua, who includes whom in src/, and `make strict`
	clang-format --dry-run -Werror src/*/*.[ch] src/lua/json/*.[ch] spec/c/*.[ch] spec/*/*.c bench/*.[ch] bench/*/*.[ch] \
		examples/*/*.c examples/hosts/*/*.c
	luacheck -q lua spec types examples bench config.ld bin/tasklist tools/man-page tools/run-tests tools/check-types tools/busted tools/includes tools/bytecode
	$(LUA) tools/includes
	@$(MAKE) --no-print-directory strict

# Only here are warnings errors: a newer compiler or libcurl may warn of what was fine before, and then
# whoever only wants to use the module could not build it.
strict: setup-test ## build all there is with gcc and with clang; warnings are errors
	@tools/require clang libuv1-dev
	@for compiler in $(COMPILERS); do \
		$(MAKE) --no-print-directory CC=$$compiler BUILD=$(BUILD)/strict-$$compiler CFLAGS='$(CFLAGS) -Werror' \
			everything $(BUILD)/strict-$$compiler/hosts/libuv || exit 1; done

everything: $(module) $(terminal) $(c_tests) $(preloaded) $(BUILD)/spec/host $(fuzzer_objects) $(bench_programs) $(embed_example)

# Another version may complain about other things.
checker = emmylua_check@0.25.1

check-types: ## let a checker compare examples, manual and spec/types/mistakes.lua with the types; needs Rust's cargo
	@command -v emmylua_check >/dev/null || { echo 'installing with cargo, which takes some minutes: $(checker)' && \
		cargo install -q $(checker); }
	@$(MAKE) --no-print-directory all
	@$(checkout) $(LUA) tools/run-tests tools/check-types

# LDoc is packaged for Lua 5.1 and 5.2, and asks for neither.
doc: ## render the manual and the doc comments as HTML, in build/doc; what LDoc complains about is an error
	@tools/require lua5.1 lua-ldoc lua-discount
	@tools/render-manual

INST_LUADIR   = $(DESTDIR)$(PREFIX)/share/lua/$(LUA_VERSION)
INST_LIBDIR   = $(DESTDIR)$(PREFIX)/lib/lua/$(LUA_VERSION)
INST_BINDIR   = $(DESTDIR)$(PREFIX)/bin
INST_SHAREDIR = $(DESTDIR)$(PREFIX)/share

# What is made from the program's table of commands.
command_tables = $(shell find lua/tasklist/cli -name '*.lua')
completions    = $(addprefix $(BUILD)/program/,bash zsh fish)
man_page       = $(BUILD)/program/tasklist.1

$(man_page): tools/man-page $(command_tables) | all
	@mkdir -p $(@D)
	$(checkout) $(LUA) $< >$@

$(completions): $(BUILD)/program/%: $(command_tables) | all
	@mkdir -p $(@D)
	$(checkout) $(LUA) bin/tasklist completion $* >$@

# The first line of the program names the Lua that it is installed for.
$(BUILD)/program/tasklist: bin/tasklist
	@mkdir -p $(@D)
	sed '1s|.*|#!$(if $(filter /%,$(LUA)),,/usr/bin/env )$(LUA)|' $< >$@

# What `install-static` needs, below $(PREFIX).
INST_STATIC = include lib lib/pkgconfig

# Where shells and man look, below share/.
SHARED = man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d

install: all $(man_page) $(completions) $(BUILD)/program/tasklist ## install below $(DESTDIR)$(PREFIX)
	install -d '$(INST_LUADIR)' '$(INST_LIBDIR)/tasklist' '$(INST_BINDIR)' $(SHARED:%='$(INST_SHAREDIR)/%')
	to=$$(cd '$(INST_LUADIR)' && pwd) && cd lua && find tasklist -type d -exec install -d "$$to/{}" ';' && \
		find tasklist -name '*.lua' -exec install -m 644 {} "$$to/{}" ';'
	install -m 755 $(module) $(terminal) '$(INST_LIBDIR)/tasklist'
	install -m 755 $(BUILD)/program/tasklist '$(INST_BINDIR)'
	install -m 644 $(man_page) '$(INST_SHAREDIR)/man/man1'
	install -m 644 $(BUILD)/program/bash '$(INST_SHAREDIR)/bash-completion/completions/tasklist'
	install -m 644 $(BUILD)/program/zsh '$(INST_SHAREDIR)/zsh/site-functions/_tasklist'
	install -m 644 $(BUILD)/program/fish '$(INST_SHAREDIR)/fish/vendor_completions.d/tasklist.fish'

# Not a part of `install`: its bytecode fits one Lua, and who runs scripts needs none of it.
install-static: static ## install library, header and pkg-config file for programs that embed Lua, below $(DESTDIR)$(PREFIX)
	install -d $(INST_STATIC:%='$(DESTDIR)$(PREFIX)/%')
	install -m 644 $(static_archive) '$(DESTDIR)$(PREFIX)/lib'
	install -m 644 src/embed/tasklist.h '$(DESTDIR)$(PREFIX)/include'
	sed -e 's|@prefix@|$(PREFIX)|' -e "s|@version@|$$(sed -n 's/^return "\(.*\)"/\1/p' lua/tasklist/version.lua)|" \
		src/embed/tasklist.pc.in >'$(DESTDIR)$(PREFIX)/lib/pkgconfig/tasklist.pc'

package: setup ## check the rockspec, and that it installs what `make install` does
	@tools/require luarocks zip unzip git ca-certificates
	luarocks lint tasklist-dev-1.rockspec
	tools/check-package

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d)
