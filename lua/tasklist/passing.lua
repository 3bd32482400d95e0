--- Which failures may pass: those that an operator or time can mend while a program goes on. Any other one would only
-- come again.

local passing_kinds = { network = true, timeout = true, decode = true }

-- Failures of these kinds may pass when their status says so. One with a 2xx comes from a token endpoint whose answer
-- was cut or is garbage.
local kinds_by_status = { http = true, auth = true }

local function is_passing(status)
  return status >= 500 or status == 429 or status == 408 or (status >= 200 and status <= 299)
end

--- Whether a failure may pass.
-- @tparam table failure an error object
-- @treturn boolean
return function(failure)
  return passing_kinds[failure.kind] or kinds_by_status[failure.kind] and is_passing(failure.status or 0) or false
end
