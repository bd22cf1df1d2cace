import * as v from 'valibot';
import { RESOURCE_LIMITS } from '../kernel/resource-limits.ts';
import { RIGHT_WORDS } from './rights-list.ts';
import { AUDIT_LEVELS, ENV_MODES, SCOPE_NAMES } from './statement.ts';

/**
 * The shape of a policy file: the one source of its types, its checks and the published JSON Schema (schema/policy.schema.json).
 * What a value means (are the ports in order, does the variable exist) is checked where statements are made of it.
 */

const described = <Schema extends v.GenericSchema>(schema: Schema, text: string) =>
  v.pipe(schema, v.description(text)) as unknown as Schema;

const text = v.pipe(v.string(), v.minLength(1));
const path = described(
  text,
  'A path: absolute, or relative to this file; ~/, ${NAME}, ${NAME:-default} and $$ are expanded.',
);
const pathFlags = {
  required: v.optional(described(v.boolean(), 'Refuse to run where the path does not exist.')),
  optional: v.optional(described(v.boolean(), 'Say nothing where the path does not exist.')),
};
const pathEntry = v.union([path, v.strictObject({ path, ...pathFlags })]);
const pathList = (what: string) => v.optional(described(v.array(pathEntry), what));

const right = v.picklist(RIGHT_WORDS);
const grantEntry = v.strictObject({
  path,
  access: described(
    v.pipe(v.array(right), v.minLength(1)),
    "Landlock's access rights by the kernel's names, or the groups read, write, exec, create, remove.",
  ),
  ...pathFlags,
});

const portNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const portRange = v.pipe(v.string(), v.regex(/^[0-9]{1,5}(-[0-9]{1,5})?$/));
const direction = (what: string) =>
  v.optional(
    described(
      v.union([v.picklist(['any', 'none']), v.array(v.union([portNumber, portRange]))]),
      `${what}: a list of ports and "LOW-HIGH" ranges, \`any\`, or \`none\` (a claim that no other source may break). Absent: none.`,
    ),
  );
const sockets = (transport: string) =>
  v.union([
    v.picklist(['any', 'none']),
    v.strictObject({
      connect: direction(`${transport} ports that may be connected to`),
      bind: direction(`${transport} ports that may be bound`),
    }),
  ]);

const onOff = v.union([v.boolean(), v.picklist(['on', 'off'])]);
const limitValue = v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), v.pipe(v.string(), v.minLength(1))]);
const limitNames = Object.keys(RESOURCE_LIMITS).filter((name) => RESOURCE_LIMITS[name]?.ignored === undefined);
const names = v.array(text);

const filesSchema = v.union([
  v.picklist(['any']),
  v.strictObject({
    ro: pathList('Read and execute beneath.'),
    rw: pathList('Read, write, create, remove, rename, execute beneath, and ioctl on devices.'),
    rwfile: pathList('Read, write and ioctl one existing file or device; no execute.'),
    grant: v.optional(described(v.array(grantEntry), 'Exactly the rights named.')),
    unix: pathList('Connect to a pathname UNIX socket, or to those in a directory.'),
    deny: v.optional(
      described(
        v.array(path),
        'Not something Landlock can do: refused, with the siblings that could be granted instead.',
      ),
    ),
  }),
]);

const envSchema = v.strictObject({
  mode: v.optional(
    described(
      v.picklist(ENV_MODES),
      'inherit keeps all, scrub takes away what looks like a credential, clear takes all away.',
    ),
  ),
  keep: v.optional(described(names, 'Globs over names that survive any mode.')),
  unset: v.optional(described(names, 'Globs over names that are taken away.')),
  pass: v.optional(described(names, "Names that keep the caller's value through mode and unset.")),
  set: v.optional(described(v.record(text, v.string()), 'Variables to set.')),
});

const discoverSchema = v.array(
  v.strictObject({
    config: described(
      path,
      'A YAML or JSON file; its file:// URIs are granted read-only, the directories of its sqlite:// URIs read-write.',
    ),
    keys: v.optional(
      described(
        v.strictObject({
          ro: v.optional(described(names, 'Dotted keys whose values are paths to read.')),
          rw: v.optional(described(names, 'Dotted keys whose values are paths to read and write.')),
        }),
        'Settings that hold bare paths.',
      ),
    ),
  }),
);

export const policySchema = v.strictObject({
  $schema: v.optional(described(v.string(), 'The JSON Schema of this file, for editors. Ignored.')),
  version: v.optional(described(v.literal(1), 'The version of this format.')),
  extends: v.optional(described(v.array(path), 'Policy files that this one adds to, relative to this file.')),
  profiles: v.optional(described(names, 'Built-in profiles: git, toolchains, ssh, tty, shm, dev, worker.')),
  bare: v.optional(described(v.boolean(), 'Leave out the system profile.')),
  fs: v.optional(
    described(
      filesSchema,
      'Files. Mentioned: denied but for what is granted. `{}` grants nothing beyond the profiles; `any` is absent.',
    ),
  ),
  tmp: v.optional(
    described(path, 'A temporary directory: made if missing, granted like rw, TMPDIR, TMP and TEMP point to it.'),
  ),
  net: v.optional(described(sockets('TCP'), 'TCP; `none` is --no-net: no TCP, no UDP, no other socket but UNIX ones.')),
  udp: v.optional(described(sockets('UDP'), 'UDP; lists need Landlock ABI 10 (Linux 7.2), `none` works everywhere.')),
  other_net: v.optional(
    described(
      v.picklist(['any', 'none']),
      'Every other kind of socket but UNIX; `none` leaves routing netlink, which lists interfaces and addresses.',
    ),
  ),
  no_unix: v.optional(described(v.boolean(), 'No UNIX sockets; socketpair stays.')),
  scope: v.optional(
    described(
      v.strictObject(
        Object.fromEntries(
          SCOPE_NAMES.map((name) => [name, v.optional(described(onOff, `The scope ${name}, on or off.`))]),
        ),
      ),
      'What COMMAND may reach outside its own domain.',
    ),
  ),
  audit: v.optional(
    described(
      v.picklist(AUDIT_LEVELS),
      'Which denials the kernel logs: off, those of COMMAND, or those of nested domains too.',
    ),
  ),
  compatibility: v.optional(
    described(
      v.picklist(['strict', 'best_effort']),
      'What happens where this kernel lacks something: refuse, or drop it with a warning.',
    ),
  ),
  min_abi: v.optional(
    described(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999)), 'The smallest Landlock ABI to accept.'),
  ),
  require_paths: v.optional(described(v.boolean(), 'Refuse to run where any stated path does not exist.')),
  env: v.optional(described(envSchema, "Edits of COMMAND's environment, in the order mode, unset, set.")),
  limits: v.optional(
    described(
      v.strictObject(
        Object.fromEntries(
          limitNames.map((name) => [
            name,
            v.optional(
              described(
                limitValue,
                `prlimit(1)'s ${name} (${RESOURCE_LIMITS[name]?.unit}): VALUE, SOFT:HARD or unlimited.`,
              ),
            ),
          ]),
        ),
      ),
      'Resource limits, per process (nproc per user).',
    ),
  ),
  chdir: v.optional(described(path, 'The working directory of COMMAND.')),
  keep_fd: v.optional(
    described(
      v.array(
        v.union([
          v.pipe(v.number(), v.integer(), v.minValue(3), v.maxValue(1_048_575)),
          v.picklist(['args', 'listen']),
        ]),
      ),
      'Descriptors that COMMAND inherits beside 0, 1 and 2.',
    ),
  ),
  keep_caps: v.optional(described(v.boolean(), 'Keep the capabilities with which root can go round a files policy.')),
  keep_path: v.optional(described(v.boolean(), "Leave COMMAND's PATH as it is.")),
  discover: v.optional(described(discoverSchema, 'Configs of services, from which grants are taken.')),
});

/** A policy document that has passed the schema. */
export type PolicyDocument = v.InferOutput<typeof policySchema>;
