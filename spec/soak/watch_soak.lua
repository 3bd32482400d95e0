-- A watcher of a sandbox that restarts, cuts and expires tokens, for minutes: prints what came of it, and fails when a
-- task was not handled once, or the watcher took 1 % of the processor's time or more.
-- watch_soak.lua SECONDS
local cqueues = require "cqueues"
local ordeal = require "spec.support.ordeal"

local most_processor = 0.01 -- of the time
local interval, token_life = 1, 5 -- seconds

local seconds = tonumber(arg[1])
local start = cqueues.monotime()
local under = ordeal.begin(interval, token_life)
local suffered = 0
repeat
  for _, misfortune in ipairs(ordeal.misfortunes) do
    if cqueues.monotime() - start >= seconds then break end
    under:suffer(misfortune, math.random(1, 5))
    suffered = suffered + 1
    cqueues.sleep(math.random() * 4)
  end
until cqueues.monotime() - start >= seconds
local elapsed = cqueues.monotime() - start
local report = under:finish()

local failures = {}
for kind, count in pairs(report.failures) do failures[#failures + 1] = ("%d %s"):format(count, kind) end
table.sort(failures)
local part = report.processor / elapsed
print(("%.0f s, %d tasks, %d misfortunes, %d tokens"):format(elapsed, report.tasks, suffered, report.tokens))
print(("the watcher told of failures: %s"):format(table.concat(failures, ", ")))
print(("it took %.2f s of processor time: %.2f %%"):format(report.processor, 100 * part))
print(("its memory: %d KiB after the first task, %d KiB at the end"):format(table.unpack(report.memory)))
print(("%d tasks were not given and completed once"):format(#report.wrong))
for _, line in ipairs(report.wrong) do print(line) end
os.exit(#report.wrong == 0 and part < most_processor and report.last_words:find("interrupted!", 1, true) ~= nil, true)
