import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs that a verifier has no business to run, under the names by which git or GnuPG would be looked for. */
const NAMES = [
  ...['gpg', 'gpg2', 'gpgv', 'gpgsm', 'gpgconf', 'gpg-agent', 'gpg-connect-agent', 'pinentry'],
  ...['ssh', 'ssh-keygen', 'ssh-askpass', 'less', 'more', 'pager', 'vi', 'editor', 'sh', 'bash'],
  ...[
    'git-remote-ext',
    'git-remote-https',
    'git-cat-file',
    'git-rev-parse',
    'git-show-ref',
    'git-for-each-ref',
  ],
];

const HOOKS = [
  ...['reference-transaction', 'post-index-change', 'post-checkout', 'post-commit', 'pre-commit'],
  ...['pre-auto-gc', 'post-rewrite', 'fsmonitor-watchman', 'pre-receive', 'update', 'post-update'],
];

/** One program behind many names, which says yes to whatever it is asked and remembers that it was. */
export interface Traps {
  readonly program: string;
  /** To be put in front of `PATH`. */
  readonly bin: string;
  readonly hooks: string;
  /** Puts the hooks into another folder too. */
  hookInto(folder: string): void;
  /** The command lines of what was run; null where nothing was. */
  sprung(): string | null;
}

/** @param fingerprint whose good signature the program claims to have seen. */
export function setTraps(folder: string, fingerprint: string): Traps {
  const marker = join(folder, 'sprung');
  const program = join(folder, 'trap');
  const bin = join(folder, 'bin');
  const hooks = join(folder, 'hooks');
  const said = [
    '',
    '[GNUPG:] NEWSIG',
    `[GNUPG:] GOODSIG ${fingerprint.slice(-16)} Everybody`,
    `[GNUPG:] VALIDSIG ${fingerprint} 2024-01-01 1704067200 0 4 0 22 10 00 ${fingerprint}`,
    '[GNUPG:] TRUST_ULTIMATE 0 pgp',
  ].join('\\n');
  mkdirSync(bin, { recursive: true });
  // git asks for gpg's status on standard output, others on standard error.
  const lines = [
    `echo "$0 $*" >> '${marker}'`,
    // To git a program has failed that ends before it was told everything.
    `case "$*" in *--verify*) cat > /dev/null ;; esac`,
    `printf '${said}\\n'`,
    `printf '${said}\\n' >&2`,
    'exit 0',
  ];
  writeFileSync(program, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
  for (const name of NAMES) symlinkSync(program, join(bin, name));
  const hookInto = (into: string): void => {
    mkdirSync(into, { recursive: true });
    for (const hook of HOOKS) if (!existsSync(join(into, hook))) symlinkSync(program, join(into, hook));
  };
  hookInto(hooks);
  return {
    program,
    bin,
    hooks,
    hookInto,
    sprung: () => (existsSync(marker) ? readFileSync(marker, 'utf8').trim() : null),
  };
}
