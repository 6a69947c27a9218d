// Asks the process of this container whether it lives; exit code 0 when it does. `readyz` asks whether it can serve.
const path = process.argv[2] ?? 'healthz';
const url = `http://127.0.0.1:${process.env.OPS_PORT}/${path}`;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) console.error(await response.text());
  process.exit(response.ok ? 0 : 1);
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
  process.exit(1);
}
