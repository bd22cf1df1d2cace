import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import type { SeenSocket } from '../advice/lint.ts';
import { type Bytes, bufferOfBytes, bytesOfText } from '../base/bytes.ts';
import type { Caller } from './caller.ts';

const WELL_KNOWN: Readonly<Record<string, string>> = {
  '/run/docker.sock': 'whoever talks to Docker is root on this machine',
  '/run/containerd/containerd.sock': 'whoever talks to containerd is root on this machine',
  '/run/podman/podman.sock': 'whoever talks to Podman starts programs outside',
  '/run/crio/crio.sock': 'whoever talks to CRI-O starts programs outside',
  '/run/dbus/system_bus_socket': 'the system bus: systemd and others act on request',
  '/run/systemd/private': 'systemd starts programs on request',
  '/run/snapd.socket': 'snapd installs programs on request',
  '/tmp/.X11-unix/X0': 'the X server: a client can type into every window',
};

/** UNIX sockets of other programs that are there and that we could connect to, as far as they are known by name. */
export function seeSockets(caller: Caller, uid: number): SeenSocket[] {
  const runtime = caller.variable('XDG_RUNTIME_DIR') ?? bytesOfText(`/run/user/${uid}`);
  const candidates: SeenSocket[] = Object.entries(WELL_KNOWN).map(([path, what]) => ({
    path: bytesOfText(path),
    what,
  }));
  const add = (path: Bytes | undefined, what: string): void => {
    if (path?.startsWith('/')) candidates.push({ path, what });
  };
  add(caller.variable('SSH_AUTH_SOCK'), 'the ssh agent signs with your keys');
  add(`${runtime}/bus` as Bytes, 'the session bus: systemd --user starts programs on request');
  add(`${runtime}/docker.sock` as Bytes, 'rootless Docker starts programs outside');
  add(`${runtime}/podman/podman.sock` as Bytes, 'Podman starts programs outside');
  add(`${runtime}/wayland-0` as Bytes, 'the Wayland compositor');
  for (const name of tmuxSockets(uid)) add(name, 'tmux types into your other terminals');
  return candidates.filter(({ path }) => isReachable(path));
}

function tmuxSockets(uid: number): Bytes[] {
  try {
    return readdirSync(`/tmp/tmux-${uid}`).map((name) => bytesOfText(`/tmp/tmux-${uid}/${name}`));
  } catch {
    return [];
  }
}

/** A socket that this user may connect to: that takes write permission on it (unix(7)). */
function isReachable(path: Bytes): boolean {
  try {
    accessSync(bufferOfBytes(path), constants.W_OK);
    return statSync(bufferOfBytes(path)).isSocket();
  } catch {
    return false;
  }
}
