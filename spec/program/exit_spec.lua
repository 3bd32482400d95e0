--- How the program ends, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

describe("the program ends", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1" }, { id = "2", assignee = "frida" }, { id = "3", taskState = "COMPLETED" } }
  end)

  local function ends(words, options)
    options = options or {}
    options.server = options.server or server
    local _, err, code = program.run(words, options)
    assert.is_nil(err:find "traceback")
    return code, err
  end

  it("with 0 when all is done", function()
    assert.equal(0, (ends { "claim", "1", "--as", "me" }))
  end)

  it("with 1 when something failed", function()
    server:fault { action = "status", status = 400, method = "PATCH" }
    assert.equal(1, (ends { "claim", "1", "--as", "me" }))
  end)

  it("with 2 for a wrong command line, and says what is wrong", function()
    for _, words in ipairs { { "claim", "1" }, { "frob" }, { "claim", "", "--as", "me" },
      { "claim", "1", "-", "--as", "me" },
      { "claim", "1", "--as", "me", "-j", "0" }, { "complete", "a=1" }, { "complete", "1", "a={" },
      { "draft", "1", "a" }, { "update", "1" }, { "update", "1", "--due", "2026-02-30" },
      { "update", "1", "--priority", "101" }, { "complete", "1", "--vars-file", "/nowhere" },
      { "get", "1", "." }, { "complete", ".." }, { "vars", "." }, { "form", "" }, { "draft", "..", "a=1" } } do
      local code, err = ends(words)
      assert.equal(2, code, table.concat(words, " "))
      assert.matches("^tasklist: [^\n]+\n", err)
    end
    assert.same({}, server:ledger())
  end)

  it("with 3 without settings, and when who signs in is refused", function()
    local _, err, code = program.run { "claim", "1", "--as", "me" }
    assert.matches("^tasklist: [^\n]*%(config%)\n$", err)
    assert.equal(3, code)
    assert.equal(3, (ends({ "claim", "1", "--as", "me" }, { environment = { ZEEBE_CLIENT_SECRET = "wrong" } })))
  end)

  it("with 3 where a client certificate is missing or wrong", function()
    local strict <close> = sandbox.start { tls = "good", client_certificate = true }
    local function with(certificate, key, password)
      return (ends({ "list" }, { server = strict, environment = { CAMUNDA_CUSTOM_ROOT_CERT_PATH = strict.ca_file,
        CAMUNDA_CUSTOM_CERT_CHAIN_PATH = certificate, CAMUNDA_CUSTOM_PRIVATE_KEY_PATH = key,
        CAMUNDA_MTLS_KEY_PASSPHRASE = password } }))
    end
    assert.equal(0, with(strict.cert_file, strict.encrypted_key_file, strict.passphrase))
    assert.equal(3, with())
    assert.equal(3, with "/nowhere")
    assert.equal(3, with(strict.cert_file))
    assert.equal(3, with(strict.cert_file, strict.encrypted_key_file, "wrong"))
  end)

  it("with 4 when there is no such task", function()
    assert.equal(4, (ends { "complete", "99" }))
  end)

  -- The newer API, and what stands before either, answers such a one with 400.
  it("with 4 for an id that is no number, whatever the server says of it", function()
    local newer <close> = sandbox.start { version = "8.10" }
    for _, one in ipairs { server, newer } do
      for _, words in ipairs { { "get", "abc" }, { "vars", "a/b" }, { "form", "a%" }, { "claim", "abc", "--as", "me" },
        { "complete", "abc" } } do
        local code, err = ends(words, { server = one })
        assert.equal(4, code, err)
      end
      assert.equal(4, (ends({ "unclaim", "-" }, { server = one, stdin = "abc\n\xff\na;b\n" })))
    end
    assert.equal(4, (ends { "draft", "abc", "a=1" }))
    assert.equal(4, (ends({ "update", "abc", "--priority", "1" }, { server = newer })))
  end)

  it("with 5 when somebody has the task, or it is not active", function()
    assert.equal(5, (ends { "claim", "2", "--as", "me" }))
    assert.equal(5, (ends { "complete", "3" }))
    assert.equal(5, (ends { "unclaim", "1" }))
  end)

  it("with 6 when it is unknown whether a change was executed", function()
    server:fault { action = "close", at = "executed", method = "PATCH" }
    local code, err = ends { "claim", "1", "--as", "me" }
    assert.matches("^tasklist: 1: [^\n]*it may have been executed[^\n]*\n$", err)
    assert.equal(6, code)
  end)

  it("with 1 and a line when the output cannot be written", function()
    local line = "env %s bin/tasklist list 2>&1 >/dev/full; echo $?"
    local pipe = assert(io.popen(line:format(program.environment(server))))
    assert.matches("^tasklist: cannot write the output: [^\n]*\n1\n$", pipe:read "a")
    pipe:close()
  end)

  it("with 130 and without a word at Ctrl-C, wherever that strikes once it runs", function()
    for _, line in ipairs { 5, 8, 12, 60, 300, 1000, 3000 } do
      local code, err = ends({ "claim", "1", "--as", "me" }, { environment = {
        LUA_INIT = ([[local left = %d
          -- as stand-alone Lua raises it, and once; first comes what this file itself has left
          debug.sethook(function()
            left = left - 1
            if left == 0 then debug.sethook(); error "interrupted!" end
          end, "l")]]):format(line) } })
      assert.same({ line, 130, "" }, { line, code, err })
    end
  end)

  it("with the signal's default in programs that it starts", function()
    -- A shell whose SIGPIPE is ignored says so when it writes to nobody.
    local script = [[require("tasklist.terminal").ignore_broken_pipes()
      os.execute "sh -c 'echo x; echo x; echo $? >&2' 2>&1 >/dev/null | cat; grep SigIgn /proc/self/status"]]
    local pipe = assert(io.popen("LUA_CPATH='build/?.so;;' lua5.4 -e '" .. script:gsub("'", [['\'']]) .. "'"))
    local ignored = tonumber(pipe:read("a"):match "SigIgn:%s*(%x+)", 16)
    pipe:close()
    assert.equal(0, ignored & 1 << 12)
  end)
end)
