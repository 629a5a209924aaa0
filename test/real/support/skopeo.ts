import { execFileSync, spawnSync } from 'node:child_process';

export const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;

/** Copies between a layout and a registry on this machine. */
export function skopeoCopy(home: string, from: string, to: string): void {
  const env = { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home };
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  execFileSync('skopeo', ['--insecure-policy', 'copy', ...insecure, from, to], { env, stdio: 'pipe' });
}

/** The manifest as skopeo reads it from a registry on this machine. */
export function skopeoInspect(home: string, image: string): Buffer {
  const env = { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home };
  return execFileSync('skopeo', ['--insecure-policy', 'inspect', '--raw', '--tls-verify=false', image], {
    env,
    stdio: 'pipe',
  });
}
