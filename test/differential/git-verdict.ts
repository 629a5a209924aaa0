import { join } from 'node:path';
import { at } from '../real/support/keys.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import { NOW } from './crew.ts';
import { verdictIn, type GpgVerdict } from './gpg-verdict.ts';

/** Asks git itself, which takes the commit apart and starts gpg. @returns null where git refuses and does not ask gpg. */
export function gitVerdicts(reader: Sandbox, directory: string): (id: string) => GpgVerdict | null {
  const lines = ['#!/bin/sh', 'echo "[GNUPG:] ASKED"', `exec gpg ${at(NOW).join(' ')} "$@"`];
  const program = reader.write(join(reader.root, 'gpg-at'), `${lines.join('\n')}\n`, 0o755);
  return (id) => {
    const asked = ['-c', `gpg.program=${program}`, 'verify-commit', '--raw', id];
    const { code, stderr } = reader.tryGit(directory, asked);
    return stderr.includes('ASKED') ? verdictIn(stderr, code) : null;
  };
}
