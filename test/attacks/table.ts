import type { AttackCase } from './case.ts';

const GROUPS: Readonly<Record<string, string>> = {
  S: 'Signatures',
  K: 'Keys and time',
  R: 'People and roles',
  P: 'Policy',
  H: 'History',
  T: 'Paths, objects and environment',
  G: 'Gates',
  A: 'Aliases',
  D: 'Drills',
  C: 'What is said, and what experts judged',
  X: 'What outside tools found',
  Y: 'What not everybody may read',
  Z: 'What is said to be live',
};

/** `docs/attacks.md`. */
export function attacksTable(cases: readonly AttackCase[]): string {
  const sections = Object.entries(GROUPS).flatMap(([letter, title]) => {
    const own = cases.filter(({ id }) => id.startsWith(letter));
    if (own.length === 0) return [];
    return [
      '',
      `## ${title}`,
      '',
      '| case | what is done | verdict | because of |',
      '| --- | --- | --- | --- |',
      ...own.map(({ id, title: what, expected, code, bareLacks }) => {
        const mark = bareLacks === undefined ? '' : ' ¹';
        const why = code === undefined ? '' : expected === 'CANNOT' ? `exit ${code}` : `\`${code}\``;
        return `| ${id}${mark} | ${what} | ${WORDS[expected]} | ${why} |`;
      }),
    ];
  });
  return [...INTRODUCTION, ...sections, ''].join('\n');
}

const WORDS = { OK: 'fine', FAIL: '**refused**', CANNOT: 'cannot tell' } as const;

const INTRODUCTION = [
  '# Attacks that are tried',
  '',
  'Each row is a case of `test/attacks/`: an honest history is made with the real commands, one thing is done to it with',
  'plain git, gpg and raw objects, and the real `modelsmith verify` says what it thinks. *Refused* is exit code 3 with the',
  'finding named; *cannot tell* is an exit code from 64 on; *fine* are honest things that must not be taken for attacks.',
  '',
  '```',
  'npm run build',
  'npm run attacks                     # all of them, one line each',
  'npm run attacks -- S1 G3.stale      # a scenario, or one case',
  'npm run attacks -- --sha256         # in repositories with SHA-256 object ids',
  'npm run attacks -- --bare           # each case is put to a bare repository made of its git folder',
  'npm run attacks -- --hostile        # everything around the command works for the attacker',
  'npm run attacks -- --matrix         # all eight combinations of these three, one line each',
  'npm run attacks -- --json           # the last line is one JSON object; goes with all of the above',
  '```',
  '',
  'Every case has its verdict in every combination. `--hostile` gives the command a home, a configuration of the repository',
  'and variables in which each setting that lets git run a program names one (`gpg.program`, hooks, `core.fsmonitor`, pagers,',
  'aliases, filters, `ext::` addresses and more), a GnuPG home that trusts the outsider ultimately, and a `gpg` first on PATH',
  'that finds every signature good. Each of these programs leaves a mark, and a case fails if there is one after `verify`.',
  'A case about something that a bare repository does not have is marked ¹ and counted there as not applicable.',
  '',
  'Made from the cases by `npm run attacks -- --docs`; a test fails when the two differ.',
];
