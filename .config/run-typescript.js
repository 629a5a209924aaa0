import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

/**
 * Runs `run` of a TypeScript module on a Node that cannot read TypeScript by itself, and sets the exit code to its answer.
 * The loader stays until the end: some modules are loaded only when they are asked for.
 */
export async function runTypeScript(url) {
  process.exitCode = 70;
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
  const runner = createServerModuleRunner(server.environments.ssr, { hmr: false });
  try {
    const { run } = await runner.import(fileURLToPath(url));
    process.exitCode = await run(process.argv.slice(2));
  } finally {
    await runner.close();
    await server.close();
  }
}
