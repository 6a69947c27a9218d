// Preloaded into children (`node --import`): a process whose parent was killed must not stay behind. It gets
// SIGTERM as from a supervisor, and SIGKILL when it has not ended shortly after.
const parent = Number(process.env.SMSX_PARENT_PID) || process.ppid;

const timer = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(timer);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3_000).unref();
  process.kill(process.pid, 'SIGTERM');
}, 300);
timer.unref();
