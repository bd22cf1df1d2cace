/** Real programs to learn: each makes its files, and names a command that can run any number of times. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from '../support/who.ts';

export interface Program {
  readonly name: string;
  /** Files that must be there, and the Debian packages that have them. */
  readonly needs: Readonly<Record<string, string>>;
  /** Runs as nobody where the test is root. */
  readonly ordinary?: boolean;
  /**
   * Makes what the program works on.
   *
   * In: an empty directory. Out: the script that bash runs in `work`, below it. What lies in `beside` must stay out of reach.
   */
  prepare(root: string): string;
}

/** Waits for a socket or a file, at most ten seconds, and stops a server by its own pid. */
const WAIT =
  'wait_for() { for i in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; kill -0 $pid || return 1; sleep 0.05; done; return 1; }\n';

function files(root: string, table: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(table)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function git(directory: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  execFileSync('git', [...identity, ...args], { cwd: directory, stdio: 'pipe' });
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'git: clone of a local repository, and a commit',
    needs: { '/usr/bin/git': 'git' },
    prepare: (root) => {
      files(root, { 'origin/a.txt': 'one\n' });
      git(join(root, 'origin'), 'init', '--quiet');
      git(join(root, 'origin'), 'add', '.');
      git(join(root, 'origin'), 'commit', '--quiet', '-m', 'first');
      mkdirSync(join(root, 'clones'));
      return `set -e
        export GIT_CONFIG_GLOBAL=/dev/null
        rm -rf ../clones/one && git clone --quiet ../origin ../clones/one && cd ../clones/one && echo two > b.txt && git add b.txt
        git -c user.name=T -c user.email=t@example.org commit --quiet -m second && test "$(git log --oneline | wc -l)" = 2`;
    },
  },
  {
    name: 'npm ci from a local tarball',
    needs: { '/usr/bin/npm': 'npm' },
    prepare: (root) => {
      files(root, {
        'dep/package.json': '{"name":"dep","version":"1.0.0","main":"index.js"}',
        'dep/index.js': 'module.exports = 42;\n',
        'app/package.json': '{"name":"app","version":"1.0.0","dependencies":{"dep":"file:../tarballs/dep-1.0.0.tgz"}}',
      });
      mkdirSync(join(root, 'tarballs'));
      mkdirSync(join(root, 'cache'));
      const npm = (directory: string, ...args: string[]) =>
        execFileSync('npm', [...args, '--cache', join(root, 'cache'), '--loglevel', 'error'], {
          cwd: join(root, directory),
          stdio: 'pipe',
        });
      npm('dep', 'pack', '--pack-destination', '../tarballs');
      npm('app', 'install', '--package-lock-only', '--offline', '--no-audit', '--no-fund', '--ignore-scripts');
      return `set -e
        rm -rf ../app/node_modules ../cache/_logs && cd ../app && npm ci --offline --no-audit --no-fund --update-notifier=false --cache ../cache --loglevel error >/dev/null
        test "$(node -p "require('dep')")" = 42`;
    },
  },
  {
    name: 'python3 -m venv, and pip without an index',
    needs: {
      '/usr/bin/python3': 'python3',
      '/usr/lib/python3/dist-packages/pip': 'python3-pip',
      '/usr/lib/python3.11/ensurepip/__main__.py': 'python3-venv',
    },
    prepare: (root) => {
      files(root, {
        'pkg/pyproject.toml':
          '[project]\nname = "small"\nversion = "1.0"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        'pkg/small.py': 'ANSWER = 42\n',
      });
      mkdirSync(join(root, 'envs'));
      execFileSync('/usr/bin/python3', ['-c', MAKE_WHEEL, root]);
      return `set -e
        rm -rf ../envs/one && /usr/bin/python3 -m venv ../envs/one
        ../envs/one/bin/pip --quiet --no-cache-dir --disable-pip-version-check install --no-index ../wheels/small-1.0-py3-none-any.whl
        test "$(../envs/one/bin/python3 -c 'import small; print(small.ANSWER)')" = 42`;
    },
  },
  {
    name: 'make of a small C project',
    needs: { '/usr/bin/make': 'make', '/usr/bin/gcc': 'gcc' },
    prepare: (root) => {
      files(root, {
        'project/Makefile': 'prog: out/main.o out/sum.o\n\tgcc -o out/prog $^\nout/%.o: src/%.c\n\tgcc -c -o $@ $<\n',
        'project/src/main.c': 'int sum(int, int);\nint main(void) { return sum(2, 3) != 5; }\n',
        'project/src/sum.c': 'int sum(int a, int b) { return a + b; }\n',
      });
      mkdirSync(join(root, 'project', 'out'));
      return 'set -e\nrm -f ../project/out/*; make --silent -C ../project && ../project/out/prog';
    },
  },
  {
    name: 'nginx serving a file',
    needs: { '/usr/sbin/nginx': 'nginx-light', '/usr/bin/curl': 'curl' },
    prepare: (root) => {
      files(root, {
        'etc/nginx.conf': `daemon off; worker_processes 1; pid ${root}/run/nginx.pid; error_log ${root}/log/error.log;
${isRoot() ? 'user root;\n' : ''}events {}
http { access_log ${root}/log/access.log; types { text/plain txt; }
  client_body_temp_path ${root}/run/body; proxy_temp_path ${root}/run/proxy; fastcgi_temp_path ${root}/run/fastcgi;
  uwsgi_temp_path ${root}/run/uwsgi; scgi_temp_path ${root}/run/scgi;
  server { listen 127.0.0.1:18431; root ${root}/www; } }\n`,
        'www/hello.txt': 'hello\n',
      });
      for (const directory of ['log', 'run']) mkdirSync(join(root, directory));
      return `${WAIT}rm -f ../log/*
        nginx -e "$PWD/../log/start.log" -c "$PWD/../etc/nginx.conf" & pid=$!
        wait_for curl -sf http://127.0.0.1:18431/hello.txt && test "$(curl -s http://127.0.0.1:18431/hello.txt)" = hello; status=$?
        kill $pid; wait $pid; exit $status`;
    },
  },
  {
    name: 'redis-server with a client',
    needs: { '/usr/bin/redis-server': 'redis-server', '/usr/bin/redis-cli': 'redis-tools' },
    prepare: (root) => {
      mkdirSync(join(root, 'data'));
      files(root, { 'conf/redis.conf': `port 18432\nbind 127.0.0.1\ndir ${root}/data\nsave 3600 1\n` });
      return `${WAIT}rm -f ../data/dump.rdb
        redis-server ../conf/redis.conf >/dev/null & pid=$!
        wait_for redis-cli -p 18432 ping && redis-cli -p 18432 set k v >/dev/null && redis-cli -p 18432 save >/dev/null
        test "$(redis-cli -p 18432 get k)" = v; status=$?
        kill $pid; wait $pid; exit $status`;
    },
  },
  {
    name: 'PostgreSQL: initdb and a query',
    needs: { '/usr/lib/postgresql/15/bin/initdb': 'postgresql-15' },
    ordinary: true,
    prepare: (root) => {
      mkdirSync(join(root, 'db'));
      mkdirSync(join(root, 'sock'));
      const bin = '/usr/lib/postgresql/15/bin';
      return `set -e; export PGHOST="$PWD/../sock" PGUSER=test PGDATABASE=postgres
        rm -rf ../db/main && ${bin}/initdb -D ../db/main -U test --no-sync >/dev/null
        ${bin}/pg_ctl -D ../db/main -w -s -o "-k $PGHOST -h ''" -l ../db/log start </dev/null
        answer=$(${bin}/psql -At -c 'select 6 * 7') || true
        ${bin}/pg_ctl -D ../db/main -w -s stop; test "$answer" = 42`;
    },
  },
  {
    name: 'sqlite3: a database and a query',
    needs: { '/usr/bin/sqlite3': 'sqlite3' },
    prepare: (root) => {
      mkdirSync(join(root, 'db'));
      files(root, {
        'sql/query.sql': 'create table if not exists t(a); insert into t values (42); select max(a) from t;\n',
      });
      return 'rm -f ../db/one.sqlite; test "$(sqlite3 ../db/one.sqlite < ../sql/query.sql)" = 42';
    },
  },
];

/** A wheel is a zip with three files of metadata. */
const MAKE_WHEEL = `
import os, sys, zipfile
root = sys.argv[1]
os.makedirs(root + '/wheels')
with zipfile.ZipFile(root + '/wheels/small-1.0-py3-none-any.whl', 'w') as z:
    z.write(root + '/pkg/small.py', 'small.py')
    z.writestr('small-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n')
    z.writestr('small-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    z.writestr('small-1.0.dist-info/RECORD', 'small.py,,\\nsmall-1.0.dist-info/METADATA,,\\nsmall-1.0.dist-info/WHEEL,,\\nsmall-1.0.dist-info/RECORD,,\\n')
`;

/** Installs what is missing, as root; says why not otherwise. */
export function missingOf(program: Program): string | undefined {
  const absent = Object.entries(program.needs).filter(([path]) => !existsSync(path));
  if (absent.length === 0) return undefined;
  const packages = absent.map(([, name]) => name).join(' ');
  if (!isRoot()) return `needs ${absent.map(([path]) => path).join(', ')}: apt-get install ${packages}`;
  try {
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages.split(' ')], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'pipe',
    });
  } catch (error) {
    return `apt-get cannot install ${packages}: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
  return Object.keys(program.needs).find((path) => !existsSync(path));
}
