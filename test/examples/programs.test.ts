/** The policies in examples/, each under the real program that it is for: what that needs works, and what is beside it stays denied. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { npmProject } from '../support/npm-project.ts';
import { projectFile } from '../support/paths.ts';
import { sandbox } from '../support/sandbox.ts';
import { isRoot, ordinaryUser, requireCapability } from '../support/who.ts';

interface Example {
  readonly policy: string;
  readonly needs: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
  /** By the policy's own variables. */
  env?(root: string): Record<string, string>;
  prepare?(root: string): void;
  /** Runs in bash, in the directory that holds the policy, or where it changes to. */
  readonly script: string;
  /** Servers that refuse to run as root. */
  readonly ordinary?: boolean;
  /** Only the policy's interpreter is there. */
  readonly command?: readonly string[];
}

const WAIT =
  'wait_for() { for i in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; kill -0 $pid || return 1; sleep 0.05; done; return 1; }\n';
const POSTGRES = '/usr/lib/postgresql/15/bin';

const EXAMPLES: readonly Example[] = [
  {
    policy: 'agent-bash.yaml',
    needs: ['/usr/bin/git'],
    files: { 'work/notes.md': 'one\n' },
    script:
      'cd work && echo two >> notes.md && git init -q . && git add notes.md && grep -c . notes.md && mktemp && ! (echo > /dev/tcp/127.0.0.1/9) 2>/dev/null && test -z "$MY_TOKEN"',
  },
  {
    policy: 'npm-ci.yaml',
    needs: ['/usr/bin/npm'],
    files: Object.fromEntries(Object.entries(npmProject).map(([file, text]) => [`project/${file}`, text])),
    script: `npm ci --offline --no-audit --no-fund --loglevel error && test "$(node -p "require('dep')")" = 42`,
  },
  {
    policy: 'python-venv.yaml',
    needs: ['/usr/bin/python3', '/usr/lib/python3.11/ensurepip/__main__.py'],
    files: { 'project/main.py': 'print(6 * 7)\n' },
    script: '/usr/bin/python3 -m venv env && test "$(env/bin/python3 main.py)" = 42 && env/bin/pip --version',
  },
  {
    policy: 'nginx.yaml',
    needs: ['/usr/sbin/nginx', '/usr/bin/curl'],
    files: { 'www/hello.txt': 'hello\n' },
    directories: ['log', 'state', 'conf'],
    env: (root) => ({
      NGINX_CONF: `${root}/conf`,
      NGINX_PAGES: `${root}/www`,
      NGINX_LOG: `${root}/log`,
      NGINX_STATE: `${root}/state`,
    }),
    prepare: (root) => {
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${root}/state/${name};`,
      );
      writeFileSync(
        join(root, 'conf/nginx.conf'),
        `daemon off; worker_processes 1; pid ${root}/state/pid; error_log ${root}/log/error.log;
${isRoot() ? 'user root;' : ''} events {}
http { access_log ${root}/log/access.log; ${temporary.join(' ')} server { listen 127.0.0.1:8080; root ${root}/www; } }\n`,
      );
    },
    // The client is outside: the policy lets nobody connect.
    script: `${WAIT}nginx -e log/start.log -c "$PWD/conf/nginx.conf" & pid=$!; wait_for test -s state/pid; status=$?; kill $pid; wait $pid; exit $status`,
  },
  {
    policy: 'postgresql.yaml',
    needs: [`${POSTGRES}/initdb`],
    ordinary: true,
    files: {},
    directories: ['data', 'sockets'],
    env: (root) => ({ PGDATA: `${root}/data`, PGSOCKETS: `${root}/sockets`, PGKEY: `${root}/key` }),
    script: `export PGHOST="$PGSOCKETS" PGUSER=test PGDATABASE=postgres; cluster=$PGDATA/main
      ${POSTGRES}/initdb -D "$cluster" -U test --no-sync >/dev/null &&
      ${POSTGRES}/pg_ctl -D "$cluster" -w -s -o "-k $PGHOST -h ''" -l "$PGDATA/log" start </dev/null
      answer=$(${POSTGRES}/psql -At -c 'select 6 * 7'); ${POSTGRES}/pg_ctl -D "$cluster" -w -s stop; test "$answer" = 42`,
  },
  {
    policy: 'static-site.yaml',
    needs: ['/usr/bin/node'],
    files: {
      'site/index.md': '# Hello\n',
      'site/build.js':
        "const fs = require('fs'); fs.writeFileSync('public/index.html', fs.readFileSync('site/index.md', 'utf8').replace(/^# (.*)/, '<h1>$1</h1>'));\n",
    },
    directories: ['public'],
    script: 'node site/build.js && grep -q "<h1>Hello</h1>" public/index.html && ! echo x 2>/dev/null > site/index.md',
  },
  {
    policy: 'compute-worker.yaml',
    needs: ['/usr/bin/python3'],
    files: {},
    command: ['/usr/bin/python3', '-c', 'import json, hashlib; print(json.dumps(sum(range(10))))'],
    script: '',
  },
];

function missingOf(example: Example): string | false {
  const missing = example.needs.filter((path) => !existsSync(path));
  return missing.length === 0 ? false : `needs ${missing.join(', ')}`;
}

/** The example's own files, what is beside them, and the policy itself. */
function prepare(t: TestContext, example: Example): string {
  const root = fixture(t, { ...example.files, 'beside/secret': 'hunter2\n' });
  for (const directory of example.directories ?? []) mkdirSync(join(root, directory));
  cpSync(projectFile(`examples/${example.policy}`), join(root, 'policy.yaml'));
  example.prepare?.(root);
  if (example.ordinary === true && isRoot()) {
    for (const directory of example.directories ?? []) chownSync(join(root, directory), 65_534, 65_534);
  }
  return root;
}

for (const example of EXAMPLES) {
  test(`examples/${example.policy} lets its program work, and denies what is beside`, {
    skip: missingOf(example),
  }, async (t) => {
    if (example.ordinary === true && isRoot() && !requireCapability(t, 'CAP_CHOWN')) return;
    const root = prepare(t, example);
    const under = example.ordinary === true && isRoot() ? ordinaryUser(t) : [];
    if (under === undefined) return;
    const options = { cwd: root, under, env: { ...example.env?.(root), HOME: root, MY_TOKEN: 'x' } };
    const command = example.command ?? ['bash', '-c', example.script];
    const worked = await sandbox(['--policy', 'policy.yaml', '--', ...command], options);
    assert.equal(worked.code, 0, worked.stderr);

    const secret = join(root, 'beside/secret');
    assert.equal(execFileSync('cat', [secret], { encoding: 'utf8' }), 'hunter2\n');
    const denied = await sandbox(['--policy', 'policy.yaml', '--', 'cat', secret], options);
    assert.equal(denied.code, 1);
    assert.match(denied.stderr, /Permission denied/);
  });
}

test('every policy in examples/ is run with its program here, or in a container', () => {
  const policies = readdirSync(projectFile('examples')).filter((name) => name.endsWith('.yaml'));
  assert.deepEqual(policies.sort(), [...EXAMPLES.map((example) => example.policy), 'container.yaml'].sort());
});
