import { execFileSync, spawnSync } from 'node:child_process';

export const hasSkopeo = spawnSync('skopeo', ['--version']).status === 0;

const environment = (home: string) => ({ PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: home });

/** Copies between a layout and a registry on this machine. */
export function skopeoCopy(home: string, from: string, to: string): void {
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  const args = ['--insecure-policy', 'copy', ...insecure, from, to];
  execFileSync('skopeo', args, { env: environment(home), stdio: 'pipe' });
}

/** The manifest as skopeo reads it from a registry on this machine. */
export function skopeoInspect(home: string, image: string): Buffer {
  const args = ['--insecure-policy', 'inspect', '--raw', '--tls-verify=false', image];
  return execFileSync('skopeo', args, { env: environment(home), stdio: 'pipe' });
}
