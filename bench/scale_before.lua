-- What bench/scale/ measured, linked with the core as it was when one sorted list held the timers, each step and start
-- looked at all requests, and each request at all open sockets. Medians of 15 rounds, in microseconds; a request's
-- instructions without libcurl's. `ours` is the engine, `libcurl` is libcurl alone on the same day.
return {
  commit = "ffc435e",
  date = "2026-11-27",
  [10] = {
    ours = { start = 20.45, step = 0.67, finish = 7.29, removal = 0.50 },
    libcurl = { start = 17.22, step = 0.47, finish = 5.52, removal = 0.45 },
  },
  [100] = {
    ours = { start = 23.02, step = 1.02, finish = 8.90, removal = 1.02 },
    libcurl = { start = 18.41, step = 0.19, finish = 6.28, removal = 0.96 },
  },
  [1000] = {
    ours = { start = 24.83, step = 11.86, finish = 30.93, removal = 4.97 },
    libcurl = { start = 10.95, step = 0.16, finish = 25.12, removal = 4.84 },
  },
  [10000] = {
    ours = { start = 529.27, step = 572.55, finish = 39.12, removal = 215.24 },
    libcurl = { start = 10.57, step = 0.13, finish = 31.91, removal = 206.94 },
  },
  instructions = { [10] = 18193, [100] = 18956, [1000] = 23133, [10000] = 83930 },
}
