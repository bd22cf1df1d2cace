import { refuse } from '../diagnostics/diagnostic.ts';
import { describeOrigin } from '../diagnostics/origin.ts';
import { withoutDotDot } from './path.ts';
import type { Policy } from './policy.ts';
import { restrictsSockets } from './settle-sockets.ts';
import type { Statement } from './statement.ts';

/**
 * Refuses a policy that contradicts itself or restricts nothing: `none`, `--no-net` and `--no-unix` are claims, and a source that grants
 * what they deny is an error that names both; a scope that needs files needs them mentioned; an empty policy must never look like a fence.
 */
export function refuseBrokenClaims(statements: readonly Statement[], policy: Policy): void {
  // Claims are few; only they are compared with everything, so that ten thousand grants stay linear.
  for (const claim of statements.filter(isClaim)) {
    const broken = statements.find((other) => breaks(other, claim));
    if (broken !== undefined) {
      refuse('claim-broken', broken.origin, describeGrant(broken), describeClaim(claim), describeOrigin(claim.origin));
    }
  }
  if (policy.noUnix.value) {
    const unix = statements.find((one) => one.kind === 'grant' && one.grant.form === 'unix');
    const claimed = policy.noUnix.origin;
    if (unix !== undefined && claimed !== undefined) {
      refuse('claim-broken', unix.origin, 'a UNIX socket', 'every UNIX socket', describeOrigin(claimed));
    }
  }
  for (const name of ['pathname-unix-socket', 'device-ioctl'] as const) {
    const scope = policy.scopes[name];
    if (scope.value && scope.origin !== undefined && policy.files === undefined) {
      refuse('scope-needs-files', scope.origin, name);
    }
  }
  refuseSharedDescriptor(policy);
  refuseFileAsDirectory(policy);
  if (!restrictsSomething(policy)) refuse('restricts-nothing', statements[0]?.origin);
  if (policy.bare.value && policy.files === undefined) refuse('bare-without-files', policy.bare.origin);
}

/** What is written to --status-fd must come from us alone. */
function refuseSharedDescriptor({ statusFd, keepFds }: Policy): void {
  if (statusFd === undefined || !keepFds.some((fd) => fd.value === statusFd.value)) return;
  refuse('descriptor-twice', statusFd.origin, statusFd.value);
}

/** One path cannot be a file that must exist and a directory that is made. */
function refuseFileAsDirectory({ files, tmp }: Policy): void {
  const place = tmp && withoutDotDot(tmp.value);
  const file = files?.grants.find((grant) => grant.form === 'rwfile' && withoutDotDot(grant.path) === place);
  if (file !== undefined) refuse('file-and-directory', file.origin, file.path);
}

/** Does the policy state any restriction? Hardening that comes by itself does not count. */
function restrictsSomething(policy: Policy): boolean {
  return (
    policy.files !== undefined ||
    restrictsSockets(policy.tcp) ||
    restrictsSockets(policy.udp) ||
    policy.otherNet.value === 'none' ||
    policy.noNet.value ||
    policy.noUnix.value ||
    Object.values(policy.scopes).some((scope) => scope.value && scope.origin !== undefined)
  );
}

/** Does `grant` grant what `claim` denies? */
function breaks(grant: Statement, claim: Statement): boolean {
  const grantsPorts = grant.kind === 'ports' && grant.ports !== 'none';
  switch (claim.kind) {
    case 'no_net':
      return grantsPorts || (grant.kind === 'other_net' && grant.value === 'any');
    case 'ports':
      return (
        claim.ports === 'none' &&
        grantsPorts &&
        grant.transport === claim.transport &&
        grant.direction === claim.direction
      );
    case 'other_net':
      return claim.value === 'none' && grant.kind === 'other_net' && grant.value === 'any';
    default:
      return false;
  }
}

function describeGrant(grant: Statement): string {
  if (grant.kind === 'ports') return `${grant.transport.toUpperCase()} ${grant.direction}`;
  return 'other kinds of socket';
}

function describeClaim(claim: Statement): string {
  if (claim.kind === 'ports') return `${claim.transport.toUpperCase()} ${claim.direction}`;
  if (claim.kind === 'no_net') return 'all network';
  return 'other kinds of socket';
}

function isClaim(statement: Statement): boolean {
  return (
    statement.kind === 'no_net' ||
    (statement.kind === 'ports' && statement.ports === 'none') ||
    (statement.kind === 'other_net' && statement.value === 'none')
  );
}
