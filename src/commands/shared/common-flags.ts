import type { AnyCommand } from './command.ts';

/** Options that every command of its kind has: flags and description. */
export function commonFlags(
  command: Pick<AnyCommand, 'reads' | 'writes'>,
): readonly (readonly [string, string])[] {
  return [
    ...(command.reads || command.writes
      ? ([
          ['-C, --directory <folder>', 'the evidence repository (default: the current folder)'],
          ['--root <commit:fingerprint>', 'trust root, where none is pinned'],
          ['--branch <ref>', 'read this branch, ref or full commit id instead of the one checked out'],
          ['--state <folder>', 'remember verified tips there (default at a terminal: your own state folder)'],
        ] as const)
      : []),
    ...(command.writes
      ? ([
          ['--as <principal>', 'sign as this principal, where several keys are at hand'],
          ['--key-file <file>', 'sign with this OpenPGP key file instead of GnuPG'],
          ['--role <role>', 'act in this role, where you hold several'],
          ['--dry-run', 'say what would be decided and written; write nothing'],
        ] as const)
      : []),
    ['--json', 'print one JSON object'],
    ['--plain', 'print tables without drawing'],
    ['--no-color', 'print without colour'],
  ];
}
