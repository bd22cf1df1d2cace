/**
 * A small host for an agent with one tool: a shell in a directory of the agent's own, without network and without the host's secrets.
 *
 *   npx tsx examples/agent-host.ts DIRECTORY      then one command a line
 */
import { mkdirSync, realpathSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { check, LandlockRunError, parsePolicy, prepare } from 'landlock-run';

const given = process.argv[2] ?? 'agent-workspace';
mkdirSync(given, { recursive: true });
const workspace = realpathSync(given);

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
async function shell(script: string, signal?: AbortSignal): Promise<string> {
  try {
    const result = await sandbox.run('bash', ['--norc', '-c', script], {
      timeout: 60_000,
      maxOutput: 64 * 1024,
      signal,
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

for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${await shell(line)}\n`);
