/**
 * A small host for an agent with one tool: a shell in a directory of the agent's own, without network and without the host's secrets.
 *
 *   npx tsx examples/agent-host.ts DIRECTORY      then one command a line
 */
import { mkdirSync, realpathSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { check, LandlockRunError, parsePolicy, prepare } from 'landlock-run';

const given = process.argv[2] ?? 'agent-workspace';
const workspace = makeWorkspace(given);

/** The directory, made if it is not there; what is no directory ends the host with one line. */
function makeWorkspace(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  } catch (error) {
    process.stderr.write(`agent-host: ${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(1);
  }
}

// A COMMAND would outlive a host that is told to end: no handler of the library's sees to that.
const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort(name));

const policy = parsePolicy({
  fs: { rw: [workspace] },
  net: 'none',
  no_unix: true,
  tmp: `${workspace}/.tmp`,
  chdir: workspace,
  env: { mode: 'clear', keep: ['PATH', 'LANG', 'LC_*', 'TERM'], set: { HOME: workspace } },
  limits: { nproc: 512, nofile: 1024, core: 0 },
});

// A host that cannot keep its promise does not start.
const report = await check(policy);
if (!report.accepted) {
  for (const { message, remedy } of report.diagnostics) process.stderr.write(`${message}; ${remedy}\n`);
  process.exit(1);
}

await using sandbox = await prepare(policy);

/** The tool as the agent sees it: what happened, in words. */
async function shell(script: string): Promise<string> {
  try {
    const result = await sandbox.run('bash', ['--norc', '-c', script], {
      timeout: 60_000,
      maxOutput: 64 * 1024,
      signal: ending.signal,
    });
    const dropped = result.truncated.stdout + result.truncated.stderr;
    const how = result.timedOut
      ? 'ended after 60 s'
      : result.signal === null
        ? `exit ${result.exitCode}`
        : result.signal;
    return `${result.stdout}${result.stderr}[${how}${dropped > 0 ? `, ${dropped} bytes dropped` : ''}]`;
  } catch (error) {
    if (error instanceof LandlockRunError) return `[not started: ${error.message}; ${error.remedy}]`;
    throw error;
  }
}

const lines = createInterface({ input: process.stdin, signal: ending.signal });
for await (const line of lines) process.stdout.write(`${await shell(line)}\n`);
if (ending.signal.aborted) process.exitCode = 1;
