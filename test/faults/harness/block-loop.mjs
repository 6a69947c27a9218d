// Loaded by `--import` into a process of a fault test: on SIGUSR2 nothing runs for BLOCK_MS, as in endless work.
const blockMs = Number(process.env.BLOCK_MS);
process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
});
