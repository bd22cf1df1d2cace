import { GRANT_RIGHTS, type Mask, RIGHT_GROUPS } from '../kernel/rights.ts';
import type { Profile, ProfileEntry } from './profile.ts';

const entries = (access: Mask, table: Readonly<Record<string, string>>): ProfileEntry[] =>
  Object.entries(table).map(([path, because]) => ({ path, access, because }));

/** The profiles that a policy names. No profile grants write to a cache that is executed outside later, and none a private key. Made where one is named. */
export const namedProfiles = (): readonly Profile[] => [
  {
    name: 'git',
    summary: "git's settings in the home directory, not its credentials",
    entries: entries(RIGHT_GROUPS.read, {
      '~/.gitconfig': 'git is fatal when it exists and is refused',
      '~/.config/git/config': 'git is fatal when it exists and is refused',
      '~/.config/git/ignore': 'git status: patterns of the user',
      '~/.config/git/attributes': 'git diff, git add: attributes of the user',
    }),
  },
  {
    name: 'toolchains',
    summary: 'compilers and runtimes installed below the home directory or /opt',
    entries: entries(GRANT_RIGHTS.ro, {
      '~/.nvm/versions': 'node by nvm',
      '~/.local/share/fnm': 'node by fnm',
      '~/.local/share/mise': 'tools by mise',
      '~/.local/share/pnpm': 'pnpm',
      '~/.local/share/uv': 'python by uv',
      '~/.pyenv': 'python by pyenv: the shims are scripts that look around in it',
      '~/.asdf': 'tools by asdf',
      '~/.rbenv': 'ruby by rbenv',
      '~/.volta': 'node by volta',
      '~/.bun/bin': 'bun',
      '~/.deno/bin': 'deno',
      '~/.cargo/bin': 'cargo: links to rustup',
      '~/.rustup/toolchains': 'rustc',
      '~/.rustup/settings.toml': 'rustup: which toolchain is the default',
      '~/.sdkman/candidates': 'java by sdkman',
      '~/go/bin': 'tools by go install',
      '/home/linuxbrew/.linuxbrew': 'brew',
      '/opt/hostedtoolcache': 'the tool cache of hosted CI runners',
      '/snap': 'programs by snap',
    }),
  },
  {
    name: 'ssh',
    summary: 'settings, known hosts, public keys and the agent; never a private key',
    entries: [
      ...entries(RIGHT_GROUPS.read, {
        '/etc/ssh/ssh_config': 'ssh',
        '/etc/ssh/ssh_config.d': 'ssh',
        '/etc/ssh/ssh_known_hosts': 'ssh',
        '~/.ssh/config': 'ssh',
        '~/.ssh/known_hosts': 'ssh: without it every host is unknown',
        '~/.ssh/known_hosts2': 'ssh',
        '~/.ssh/id_rsa.pub': 'ssh asks the agent by public key',
        '~/.ssh/id_ecdsa.pub': 'ssh asks the agent by public key',
        '~/.ssh/id_ecdsa_sk.pub': 'ssh asks the agent by public key',
        '~/.ssh/id_ed25519.pub': 'ssh asks the agent by public key',
        '~/.ssh/id_ed25519_sk.pub': 'ssh asks the agent by public key',
      }),
      {
        path: '',
        variable: 'SSH_AUTH_SOCK',
        access: GRANT_RIGHTS.unix,
        because: 'ssh: the agent signs, the private key stays outside',
      },
    ],
  },
  {
    name: 'tty',
    summary: 'new pseudo-terminals',
    entries: entries(GRANT_RIGHTS.rwfile | RIGHT_GROUPS.read, {
      '/dev/ptmx': 'tmux, script, expect: opens a new terminal',
      '/dev/pts': 'tmux, script, expect: the other end of it',
    }),
  },
  {
    name: 'shm',
    summary: 'shared memory',
    entries: entries(GRANT_RIGHTS.rw, { '/dev/shm': "python3's multiprocessing, postgres, chromium" }),
  },
  {
    name: 'dev',
    summary: 'git, toolchains and tty together',
    includes: ['git', 'toolchains', 'tty'],
    entries: [],
  },
  {
    name: 'worker',
    summary: 'loader and libraries only, no /proc, no network: for code that may do nothing but compute',
    replacesSystem: true,
    noNetwork: true,
    entries: [
      ...entries(GRANT_RIGHTS.ro, {
        '/usr/bin': 'the worker itself: python3, node',
        '/usr/local/bin': 'the worker itself, installed by hand',
        '/usr/lib': 'the loader, libraries, modules of the language',
        '/usr/lib32': '32-bit libraries',
        '/usr/lib64': 'libraries on Fedora',
        '/usr/libexec': 'helpers of gcc and git on Fedora',
        '/usr/local/lib': 'libraries and modules installed by hand',
        '/bin': 'sh',
        '/lib': 'the loader, libraries',
        '/lib32': '32-bit libraries',
        '/lib64': 'the loader of x86-64 programs',
        '/nix/store': 'every program of NixOS',
        '/gnu/store': 'every program of Guix',
      }),
      ...entries(RIGHT_GROUPS.read, {
        '/usr/share/zoneinfo': 'time zones',
        '/usr/share/locale': 'translations',
        '/etc/ld.so.cache': 'the loader finds libraries outside the default directories',
        '/etc/ld-musl-x86_64.path': "musl's loader on x86-64",
        '/etc/ld-musl-aarch64.path': "musl's loader on arm64",
        '/etc/localtime': 'the local time',
        '/etc/ssl/openssl.cnf': 'node exits without it when it exists and is refused',
      }),
      ...entries(GRANT_RIGHTS.rwfile, { '/dev/null': 'every shell script' }),
      ...entries(RIGHT_GROUPS.read, { '/dev/urandom': 'python3: the seed of its hashes', '/dev/zero': 'memory maps' }),
    ],
  },
];
