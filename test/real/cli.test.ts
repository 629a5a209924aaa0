import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivateKey, reformatKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { VERBS } from '../../src/commands/verbs.ts';
import { acting } from './support/acting.ts';
import { lacking, modelsmith, modelsmithAlone, succeed, type Where } from './support/command.ts';
import { everyFile, playDemo, type Demo } from './support/demo.ts';
import { keyOf } from './support/keys.ts';
import { atTerminal } from './support/screen.ts';
import type { Ended } from './support/sandbox.ts';

const IT = 'claims-triage@1.0.0';

let demo: Demo;
/** A layout nobody has pushed to yet. */
function emptyFolder(name: string): string {
  const folder = join(demo.box.root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
let count = 0;
beforeAll(async () => {
  demo = playDemo();
  await furnish();
});
afterAll(() => demo.box.dispose());

const git = (where: Where, ...args: string[]): string => demo.box.git(where.cwd, args);
const mine = (...parts: string[]): string => join(demo.folder, ...parts);

/** A clone of the story whose branch ends with the commit of that message. */
function cloneAt(start: string): Where {
  const cwd = join(demo.box.root, `clone${count++}`);
  demo.box.git(demo.box.root, ['clone', '-q', demo.evidence, cwd]);
  demo.box.git(cwd, ['reset', '-q', '--hard', demo.commit(start)]);
  return { ...demo.where, cwd };
}

const WRITING: readonly (readonly [
  verb: string,
  after: string,
  who: string,
  args: (it: string, where: Where) => string[],
])[] = [
  [
    'baseline add',
    'Found ',
    'eli',
    () => ['baseline', 'add', 'claims-triage', mine('results/base.json'), '--model', 'example-labs/small-7b'],
  ],
  ['lock', 'Record ', 'trainer', () => ['lock', 'claims-triage']],
  [
    'request',
    'Lock ',
    'trainer',
    (it) => [
      'request',
      it,
      '--adapter',
      mine('adapters/claims-triage-1.0.0'),
      '--metadata',
      mine('submission/metadata.yaml'),
    ],
  ],
  [
    'submit',
    'Lock ',
    'trainer',
    (it) => [
      ...[
        'submit',
        it,
        '--adapter',
        mine('adapters/claims-triage-1.0.0'),
        '--results',
        mine('results/1.0.0.json'),
      ],
      ...['--metadata', mine('submission/metadata.yaml'), '--registry', join(demo.box.root, 'nowhere')],
      ...[
        '--evidence',
        mine('submission/model-card.md'),
        '--evidence',
        mine('submission/rollback-procedure.md'),
      ],
    ],
  ],
  [
    'evidence add',
    'Submit ',
    'trainer',
    (it) => ['evidence', 'add', it, mine('submission/metadata.yaml'), '--as-path', 'attachments/notes.yaml'],
  ],
  ['eval', 'Lock ', 'trainer', (it) => ['eval', it, mine('results/1.0.0.json'), '--run', 'run-1']],
  [
    'check add',
    'Submit ',
    'trainer',
    (it) => ['check', 'add', it, mine('scan.json'), '--name', 'malware-scan'],
  ],
  [
    'export',
    'Lock ',
    'trainer',
    (it) => [
      'export',
      it,
      '--adapter',
      mine('adapters/claims-triage-1.0.0'),
      '--registry',
      join(demo.box.root, 'nowhere'),
    ],
  ],
  ['approve', 'Submit ', 'omar', (it) => ['approve', it]],
  ['reject', 'Submit ', 'omar', (it) => ['reject', it]],
  ['request-changes', 'Submit ', 'omar', (it) => ['request-changes', it]],
  ['withdraw', 'Approve claims-triage@1.0.0 at domain', 'dora', (it) => ['withdraw', it]],
  ['comment', 'Submit ', 'trainer', (it) => ['comment', it, '--message', 'Trained on the new forms.']],
  ['expedite', 'Submit ', 'mia', (it) => ['expedite', it, '--due', '3d', ...BECAUSE]],
  ['respond', 'Submit ', 'trainer', (it) => ['respond', it, mine('submission/model-card.md')]],
  [
    'receipt add',
    'Approve claims-triage@1.0.0 at domain',
    'omar',
    (it) => ['receipt', 'add', it, '--target', 'acme', '--message', 'Shown by their console.'],
  ],
  ['reconcile', 'Approve claims-triage@1.0.0 at domain', 'trainer', () => ['reconcile']],
  [
    'watch',
    'Lock ',
    'trainer',
    () => ['watch', 'claims-triage', emptyFolder('candidates'), '--tag', 'candidate-*', '--once'],
  ],
  ['promote', 'Submit ', 'omar', (it) => ['promote', it]],
  [
    'deprecate',
    'Approve claims-triage@1.0.0 at domain',
    'omar',
    (it) => ['deprecate', it, '--reason', 'Over.', '--retire'],
  ],
  [
    'rollback',
    'Approve claims-triage@1.0.0 at domain',
    'omar',
    () => ['rollback', 'claims-triage', '--to', '1.0.0', ...BECAUSE],
  ],
  ['unpin', 'Approve claims-triage@1.0.0 at domain', 'omar', () => ['unpin', 'claims-triage', ...BECAUSE]],
  [
    'policy propose',
    'Found ',
    'ana',
    () => ['policy', 'propose', mine('other-policy'), '--reason', 'More at once.', '--bump'],
  ],
  ['policy approve', 'Found ', 'ana', () => ['policy', 'approve']],
  ['policy reject', 'Found ', 'ana', () => ['policy', 'reject']],
  ['policy withdraw', 'Found ', 'ana', () => ['policy', 'withdraw']],
  [
    'signer enroll',
    'Found ',
    'eli',
    () => ['signer', 'enroll', 'nora', '--certificate', mine('nora.asc'), '--role', 'operator'],
  ],
  ['signer grant', 'Found ', 'eli', () => ['signer', 'grant', 'omar', '--role', 'team-lead@claims-*']],
  ['signer retire', 'Found ', 'ana', () => ['signer', 'retire', 'eli', '--reason', 'Left.']],
  [
    'signer refresh',
    'Found ',
    'ana',
    () => ['signer', 'refresh', 'eli', '--certificate', mine('eli-longer.asc')],
  ],
  [
    'override stop-candidates',
    'Lock ',
    'mia',
    () => [...'override stop-candidates *'.split(' '), ...BECAUSE],
  ],
  ['drill', 'Submit ', 'mia', () => ['drill']],
  [
    'override freeze',
    'Lock ',
    'mia',
    () => [...'override freeze claims-triage production'.split(' '), ...BECAUSE],
  ],
  ['override disable', 'Lock ', 'mia', () => [...'override disable browse'.split(' '), ...BECAUSE]],
  [
    'override suspend-signer',
    'Lock ',
    'mia',
    () => [...'override suspend-signer omar'.split(' '), ...BECAUSE],
  ],
  [
    'override revoke-signer',
    'Approve claims-triage@1.0.0 at domain',
    'mia',
    () => [...'override revoke-signer trainer --as compromised'.split(' '), ...BECAUSE],
  ],
  [
    'override lift',
    'Lock ',
    'mia',
    (_, { cwd }) => [
      'override',
      'lift',
      readdirSync(join(cwd, 'overrides'))[0]?.slice(0, 64) ?? '',
      ...BECAUSE,
    ],
  ],
  [
    'exception open',
    'Found ',
    'ana',
    () => [
      ...['exception', 'open', 'claims-triage', '--waive', 'code-stated', '--days', '7'],
      ...['--control', 'Every answer is read.', ...BECAUSE],
    ],
  ],
  ['exception approve', 'Found ', 'omar', () => ['exception', 'approve']],
  ['exception reject', 'Found ', 'omar', () => ['exception', 'reject']],
  ['exception withdraw', 'Found ', 'omar', () => ['exception', 'withdraw']],
  ['exception close', 'Found ', 'omar', () => ['exception', 'close', ...BECAUSE]],
  [
    'exception review',
    'Found ',
    'omar',
    (_, { cwd }) => [
      ...['exception', 'review', readdirSync(join(cwd, 'exceptions/claims-triage'))[0] ?? ''],
      ...['--file', mine('review.md')],
    ],
  ],
  ['reaffirm', 'Approve claims-triage@1.0.0 at domain', 'eli', (it) => ['reaffirm', it, ...BECAUSE]],
  ['erase', 'Submit ', 'eli', (it) => ['erase', it, 'attachments/scan.json', '--message', 'Asked for.']],
  ['repair', 'Lock ', 'ana', () => ['repair', ...BECAUSE]],
  [
    'root propose',
    'Approve claims-triage@1.0.0 at domain',
    'mia',
    () => ['root', 'propose', demo.commit('Approve claims-triage@1.0.0 at domain'), ...BECAUSE],
  ],
];

const BECAUSE = ['--reason', 'To see what would happen.'];

/** What has to be done for real before. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  eval: ['request'],
  export: ['request', 'eval'],
  'exception approve': ['exception open'],
  'exception reject': ['exception open'],
  'exception withdraw': ['exception open', 'exception reject'],
  'exception close': ['exception open'],
  'exception review': ['exception open', 'exception close'],
  'policy approve': ['policy propose'],
  'policy reject': ['policy propose'],
  'policy withdraw': ['policy propose', 'policy approve'],
  'override lift': ['override freeze'],
  reaffirm: ['override revoke-signer'],
  respond: ['request-changes'],
  unpin: ['rollback'],
};

/** Who does that, where it is not the one who goes on. */
const OTHERS: Readonly<Record<string, string>> = { 'request-changes': 'omar', 'exception open': 'ana' };

/** Another policy, somebody new, and a later version of a key in the story. */
async function furnish(): Promise<void> {
  cpSync(mine('policy'), mine('other-policy'), { recursive: true });
  const policy = readFileSync(mine('policy/policy.yaml'), 'utf8');
  const more = policy.replace('populationCeiling: 4', 'populationCeiling: 5');
  writeFileSync(mine('other-policy/policy.yaml'), more);
  const scan = { schema: 'modelsmith/generic-check/v1', tool: { name: 'scan', version: '1' }, findings: [] };
  writeFileSync(mine('scan.json'), JSON.stringify(scan));
  const parts = ['What happened', 'What it was used for', 'Controls', 'What follows'];
  writeFileSync(mine('review.md'), parts.map((title) => `## ${title}\nNothing.\n`).join('\n'));
  writeFileSync(mine('nora.asc'), (await keyOf('nora')).publicArmored);
  const old = await readPrivateKey({ armoredKey: readFileSync(demo.key('eli'), 'utf8') });
  const userIDs = [{ name: 'Eli Berg', email: 'eli@demo.invalid' }];
  const { publicKey } = await reformatKey({ privateKey: old, userIDs, keyExpirationTime: 90 * 86_400 });
  writeFileSync(mine('eli-longer.asc'), publicKey);
}

/** A commit nobody signed, on a governed file. */
function spoil(where: Where): void {
  writeFileSync(join(where.cwd, 'policy/policy.yaml'), 'x\n');
  git(where, 'commit', '-q', '-a', '-m', 'Spoil');
}

/** A file that is in the bundle by its digest alone. */
function hide(where: Where): void {
  const words = ['evidence', 'add', IT, mine('scan.json'), '--confidential', 'outside'];
  succeed(where, [...words, '--key-file', demo.key('trainer')]);
}

/** Puts a policy in force that describes places of the line. */
async function describeTargets(where: Where): Promise<void> {
  const folder = `${where.cwd}-policy`;
  cpSync(join(where.cwd, 'policy'), folder, { recursive: true });
  const policy = parse(readFileSync(join(folder, 'policy.yaml'), 'utf8')) as { lines: object[] };
  const lines = policy.lines.map((line) => ({ ...line, targets: ['acme'] }));
  const targets = { acme: { kind: 'external', description: 'The cluster of a customer' } };
  writeFileSync(join(folder, 'policy.yaml'), stringify({ ...policy, lines, targets }));
  succeed(where, ['policy', 'propose', folder, '--bump', ...BECAUSE, '--key-file', demo.key('ana')]);
  for (const who of ['ana', 'omar']) {
    const env = { ...where.env, MODELSMITH_KEY_FILE: demo.key(who) };
    const { code, stderr } = await acting({ ...where, env }, ['policy', 'approve', '--push', 'off']);
    expect(code, stderr).toBe(0);
  }
}

/** Does a step for real; what takes a person is done in this process, by one who answers everything. */
async function doFirst(where: Where, step: string, who: string): Promise<void> {
  const words = WRITING.find(([name]) => name === step)?.[3](IT, where) ?? [];
  if (
    !['policy approve', 'request-changes', 'rollback', 'exception close', 'exception reject'].includes(step)
  ) {
    succeed(where, [...words, '--key-file', demo.key(who)]);
    return;
  }
  const env = { ...where.env, MODELSMITH_KEY_FILE: demo.key(who) };
  const { code, stderr } = await acting({ ...where, env }, [...words, '--push', 'off']);
  expect(code, stderr).toBe(0);
}

describe('a dry run', () => {
  it.each(WRITING)(
    'of %s decides, tells, and leaves everything as it was',
    async (verb, after, who, args) => {
      const where = cloneAt(after);
      for (const step of BEFORE[verb] ?? [])
        await doFirst(where, step, OTHERS[step] ?? (step.startsWith('override') ? 'mia' : who));
      if (verb === 'repair') spoil(where);
      if (verb === 'erase') hide(where);
      if (verb === 'receipt add') await describeTargets(where);
      const state = (): unknown => [
        git(where, 'status', '--porcelain', '--ignored'),
        git(where, 'rev-parse', 'HEAD'),
        git(where, 'for-each-ref'),
        everyFile(demo.box.home),
      ];
      const before = state();
      const words = [...args(IT, where), '--dry-run', '--key-file', demo.key(who)];
      const { code, stdout, stderr } = modelsmith(where, [...words, '--json']);
      expect(code, stdout + stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, commit: null, demonstration: true });
      expect(state()).toEqual(before);
      expect(existsSync(join(demo.box.root, 'nowhere'))).toBe(false);
    },
  );

  it('was tried for every verb that writes', async () => {
    const commands = await Promise.all(VERBS.map((verb) => verb.load()));
    const writing = commands.filter(({ writes }) => writes).map(({ name }) => name);
    expect(WRITING.map(([verb]) => verb).sort()).toEqual(writing.sort());
  });

  it('of what is not allowed is refused as the real thing would be', () => {
    const where = cloneAt('Submit ');
    const refused = modelsmith(where, ['approve', IT, '--dry-run', '--key-file', demo.key('gus')]);
    expect(refused.code).toBe(3);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toMatch(/^refused: .*cannot move artifact-exported → customer-deployed/);
  });
});

describe('--json', () => {
  const READING: readonly string[][] = [
    ['status'],
    ['status', IT],
    ['show', IT],
    ['show', IT, '--file', 'model-card.md'],
    ['show', 'claims-triage'],
    ['log'],
    ['log', IT],
    ['reproduce', IT],
    ['verify'],
    ['verify', '--branch', 'tampered/skip'],
    ['verify', '--branch', 'tampered/approval', '--content'],
    ['doctor'],
    ['completion', 'bash'],
    ['request', '--template'],
    ['approve', 'claims-triage@9.9.9', '--dry-run', '--key-file', 'omar'],
    ['policy', 'list', '--all'],
    ['policy', 'show', 'ffff'],
    ['policy', 'check', 'policy-folder'],
    ['signer', 'list'],
  ];

  it('prints one object with a schema for every verb that reads, and for a refusal', () => {
    for (const args of READING) {
      const words = args.map((word) =>
        word === 'omar' ? demo.key(word) : word === 'policy-folder' ? mine('other-policy') : word,
      );
      const { code, stdout, stderr } = modelsmith(demo.where, [...words, '--json']);
      expect([0, 3], `${args.join(' ')}: ${stderr}`).toContain(code);
      const { schema, answer } = JSON.parse(stdout) as { schema: string; answer: string };
      const verb = VERBS.find(({ name }) => name === `${args[0]} ${args[1]}`)?.name ?? args[0] ?? '';
      expect(schema).toBe(`modelsmith/out/${verb.replace(' ', '-')}/v1`);
      expect(answer).toBe(code === 0 ? 'yes' : 'no');
    }
  });

  it('prints one object too where it cannot tell', () => {
    const lost = modelsmith({ env: demo.box.env, cwd: demo.evidence }, ['status', '--json']);
    expect(lost.code).toBe(78);
    expect(JSON.parse(lost.stdout)).toMatchObject({
      schema: 'modelsmith/out/cannot-tell/v1',
      code: 'NO_TRUST_ROOT',
    });
    expect(modelsmith(demo.where, ['lock', '--json']).stdout).toMatch(/^\{[^]*"code": "USAGE"[^]*\}\n$/);
  });

  it('tells the story of the demonstration on standard error', () => {
    expect(demo.steps.map(({ exit, expected }) => [exit, expected])).toEqual([
      ...Array.from({ length: 9 }, () => [0, 0]),
      ...Array.from({ length: 3 }, () => [3, 3]),
    ]);
  });
});

describe('what is not what it is called', () => {
  const add = (where: Where, ...args: string[]): Ended =>
    modelsmith(where, ['baseline', 'add', ...args, '--key-file', demo.key('eli'), '--dry-run']);
  const BASE_NAME = 'example-labs/small-7b';

  it('no baseline begins a line whose name is nearly that of another, unless that is said', () => {
    const misspelt = ['claims-triagee', mine('results/base.json'), '--model', BASE_NAME];
    expect(add(demo.where, ...misspelt)).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/there is: claims-triage\nnext: .*--new-line/) as string,
    });
    const begun = add(demo.where, ...misspelt, '--new-line');
    expect(begun).toMatchObject({ code: 0 });
    expect(begun.stdout).toContain('first evidence of the line claims-triagee');
    const other = add(demo.where, 'claims-letters', mine('results/base.json'), '--model', BASE_NAME);
    expect(other).toMatchObject({ code: 0 });
  });

  it('a baseline is not of another model than its results say', () => {
    const tuned = mine('results/1.0.0.json');
    expect(add(demo.where, 'claims-triage', tuned, '--model', BASE_NAME)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /BASELINE_OTHER_MODEL +the results are of claims-triage-1\.0\.0 on\s+example-labs/,
      ) as string,
    });
    const silent = JSON.parse(readFileSync(mine('results/base.json'), 'utf8')) as { config: object };
    const path = demo.box.write(
      join(demo.box.root, 'silent.json'),
      JSON.stringify({ ...silent, config: { ...silent.config, model_args: 'dtype=bfloat16' } }),
    );
    const told = add(demo.where, 'claims-triage', path, '--model', 'anything', '--json');
    expect(JSON.parse(told.stdout)).toMatchObject({ modelTold: 'declared' });
    expect(add(demo.where, 'claims-triage', path, '--model', 'anything').stdout).toContain('your word alone');
  });

  it('what is nearly a name is told which one may have been meant', () => {
    const near = (...args: string[]): string => modelsmith(demo.where, args).stderr;
    expect(near('show', 'claims-triagee')).toContain('did you mean claims-triage?');
    expect(near('show', 'clams-triage@1.0.0')).toContain('did you mean claims-triage@1.0.0?');
    expect(near('show', 'claims-triage@7.0.0')).toContain('did you mean claims-triage@1.0.0?');
    expect(near('show', 'x@1.0.0')).not.toContain('did you mean');
    expect(near('status', 'claims-triage')).toContain('modelsmith show claims-triage');
    expect(
      near(
        'request',
        'claims-triage@2.0.0',
        '--metadata',
        'm',
        '--from',
        'huggingface:a/b',
        '--key-file',
        demo.key('trainer'),
      ),
    ).toContain('hf-cache:');
    expect(modelsmith(demo.where, ['policy', 'check']).stdout).not.toMatch(/claims- /);
  });
});

describe('exit codes', () => {
  const told = (where: Where, ...args: string[]): Ended => modelsmithAlone(where, args);

  it.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['help for an unknown command', ['frobnicate', '--help']],
    ['help for half a command', ['help', 'policy', 'lst']],
    ['an unknown flag', ['verify', '--frobnicate']],
    ['a missing argument', ['lock']],
    ['one argument too many', ['status', IT, IT]],
    ['a name that is none', ['status', 'Claims@1']],
    ['a flag without its value', ['deprecate', IT, '--reason']],
    ['a root that is none', ['verify', '--root', 'main']],
  ])('64 for %s', (_what, args) => {
    const { code, stdout, stderr } = modelsmith(demo.where, args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/^cannot tell: .*\n(.*\n)*next: /);
  });

  it('0 yes, 3 no, 66 no such file, 72 no repository, 77 no person, 78 no root', () => {
    const { where } = demo;
    const { env } = demo.box;
    const key = ['--key-file', demo.key('eli')];
    expect(told(where, 'verify').code).toBe(0);
    expect(told(where, 'verify', '--branch', 'tampered/score').code).toBe(3);
    expect(
      told(where, 'baseline', 'add', 'claims-triage', 'no.json', '--model', 'x', ...key, '--dry-run').code,
    ).toBe(66);
    expect(told({ ...where, cwd: demo.box.home }, 'status').code).toBe(72);
    expect(told({ env, cwd: where.cwd }, 'status').code).toBe(78);
    const alone = told(cloneAt('Submit '), 'approve', IT, '--key-file', demo.key('omar'));
    expect(alone.code).toBe(77);
    expect(alone.stderr).toContain('takes a person at a terminal');
  });

  it('76 in a shallow clone, with the way out', () => {
    const cwd = join(demo.box.root, 'shallow');
    demo.box.git(demo.box.root, ['clone', '-q', '--depth', '2', `file://${demo.evidence}`, cwd]);
    const shallow = told({ ...demo.where, cwd }, 'verify');
    expect(shallow.code).toBe(76);
    expect(shallow.stderr).toContain('git fetch --unshallow');
    demo.box.git(cwd, ['fetch', '-q', '--unshallow']);
    expect(told({ ...demo.where, cwd }, 'verify').code).toBe(0);
  });

  it('78 where the root given is not the one pinned', () => {
    const where = cloneAt('Submit ');
    const other = `${'0'.repeat(40)}:${demo.root.slice(41)}`;
    succeed(where, ['verify', '--root', demo.root, '--pin']);
    const { code, stderr } = told(where, 'status', '--root', other);
    expect(code).toBe(78);
    expect(stderr).toContain(demo.root);
  });
});

describe('help', () => {
  it('is there for every command, with an example', () => {
    const bare = { env: demo.box.env, cwd: demo.box.home };
    const main = succeed(bare, ['--help']);
    expect(main).toContain('Exit codes: 0 yes, 3 no');
    const words = [...VERBS.map(({ name }) => name.split(' ')), ['demo']];
    for (const [first = ''] of words) expect(main).toMatch(new RegExp(`^  ${first} `, 'm'));
    for (const verb of words) {
      const { code, stdout } = modelsmith(bare, [...verb, '--help']);
      expect(code, verb.join(' ')).toBe(0);
      const [described = ''] = stdout.split('\nExamples:'); // examples are there to be copied
      for (const line of described.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(stdout, verb.join(' ')).toMatch(/\nExamples:\n(?: {2}mkdir [^\n]*\n)? {2}modelsmith /);
    }
  });

  it('is the same page where only that page is loaded for it', () => {
    const bare = { env: demo.box.env, cwd: demo.box.home };
    const page = succeed(bare, ['--help']);
    for (const args of [['-h'], ['help'], ['--help', '--help'], ['help', '--help']])
      expect(succeed(bare, args), args.join(' ')).toBe(page);
    expect(succeed(bare, ['--version'])).toBe(succeed(bare, ['-V', '--version']));
  });

  it('is named by a mistake, for the command it was made in', () => {
    const { stderr } = modelsmith({ env: demo.box.env, cwd: demo.box.home }, ['baseline', 'add']);
    expect(stderr).toContain('next: modelsmith baseline add --help');
  });

  it('says what follows a first word alone, and where to read on', () => {
    const bare = { env: demo.box.env, cwd: demo.box.home };
    const none = modelsmithAlone(bare, []);
    expect(none.code).toBe(64);
    expect(none.stderr).toBe('cannot tell: no command given\nnext: modelsmith --help\n');
    const group = modelsmith(bare, ['hook']);
    expect(group.code).toBe(64);
    expect(group.stderr).toBe(
      'cannot tell: modelsmith hook takes one of: install\nnext: modelsmith hook --help\n',
    );
    const typo = modelsmith(bare, ['policy', 'lst']);
    expect(typo.code).toBe(64);
    expect(typo.stderr).toBe(
      "cannot tell: unknown command 'lst' (Did you mean list?)\nnext: modelsmith policy --help\n",
    );
  });

  it('says in words what an argument must be, and which option is missing', () => {
    const bare = { env: demo.box.env, cwd: demo.box.home };
    const freeze = ['override', 'freeze', 'claims-triage'];
    expect(modelsmith(bare, [...freeze, 'prod', '--reason', 'x']).stderr).toContain(
      'cannot tell: <alias> must be serving or production\n',
    );
    expect(modelsmith(bare, [...freeze, 'serving']).stderr).toContain(
      'cannot tell: --reason must be given\n',
    );
  });

  it('is the same by help and by --help', () => {
    const bare = { env: demo.box.env, cwd: demo.box.home };
    for (const words of [[], ['policy', 'list']])
      expect(succeed(bare, ['help', ...words])).toBe(succeed(bare, [...words, '--help']));
  });
});

describe('what is shown', () => {
  /** Characters that move a cursor or turn text around. */
  const harmful = (text: string): readonly string[] =>
    ['\u001b', '\u202e', '\u009b'].filter((character) => text.includes(character));

  it('holds no control characters of a reason, which is not taken', () => {
    const where = cloneAt('Submit ');
    const words = ['deprecate', IT, '--retire', '--key-file', demo.key('omar'), '--dry-run'];
    const evil = modelsmith(where, [...words, '--reason', 'over\u001b[2J\u202egnp']);
    expect(evil.code).toBe(64);
    expect(harmful(evil.stderr + evil.stdout)).toEqual([]);
  });

  it('holds no control characters of the repository', () => {
    const where = cloneAt('Submit ');
    const evil = modelsmith(where, ['show', IT, '--file', 'a\u001b[2Jb']);
    expect(evil.code).not.toBe(0);
    expect(harmful(evil.stderr + evil.stdout)).toEqual([]);
    git(where, 'checkout', '-q', '-b', 'odd');
    git(
      where,
      '-c',
      'user.name=\u001b[31mred',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'Hide \u001b[2J\u202eall',
    );
    for (const verb of [['verify'], ['log'], ['status']]) {
      const { stdout, stderr } = modelsmith(where, verb);
      expect(harmful(stdout + stderr)).toEqual([]);
    }
  });

  it.skipIf(lacking('tmux'))('colours come with a terminal and go with NO_COLOR and --no-color', async () => {
    const { box, where } = demo;
    const plain = await atTerminal(
      box,
      { ...where, env: { ...where.env, NO_COLOR: '1' } },
      ['status', IT],
      '',
    );
    const colored = await atTerminal(box, where, ['status', IT], '');
    const flag = await atTerminal(box, where, ['status', IT, '--no-color'], '');
    expect([plain.exit, colored.exit, flag.exit]).toEqual([0, 0, 0]);
    expect([plain.colored, colored.colored, flag.colored]).toEqual([false, true, false]);
    expect(plain.text).toBe(flag.text);
    expect(plain.text).toContain('DEMONSTRATION');
    expect(modelsmithAlone(where, ['status', IT]).stdout).not.toContain('\u001b');
  });
});
