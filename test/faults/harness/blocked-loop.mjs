// Preloaded by `node --import`: on SIGUSR2 the event loop stands still for as long as SMSX_BLOCK_MS says.
process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.SMSX_BLOCK_MS));
});
