import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acting } from './support/acting.ts';
import { lacking } from './support/command.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';
import { CTRL_C, openShell, type Answers, type Ran, type Shell } from './support/shell.ts';
import {
  at,
  harnessOutput,
  IT,
  lockLine,
  person,
  pipeline,
  policyFolder,
  SUBMIT,
  train,
  until,
  type Member,
} from './support/team.ts';

const GUIDE = readFileSync(new URL('../../docs/experts.md', import.meta.url), 'utf8');
const PASSPHRASE = '9 correct horses!';
const REASON = 'I judged the outputs, and they are as I would have done it.';

type Who = 'kim' | 'colleague' | 'second';
interface Typed {
  readonly who: Who;
  readonly command: string;
}

/** Every line of every box under a heading, with who types it. */
function boxesOf(number: number): readonly Typed[] {
  const [, section = ''] = new RegExp(`^## ${number}\\. .*\\n([^]*?)(?=^## |(?![^]))`, 'm').exec(GUIDE) ?? [];
  const found = [...section.matchAll(/^```sh *(\w*)\n([^]*?)^```$/gm)].flatMap(([, who = '', lines = '']) =>
    lines
      .trimEnd()
      .split('\n')
      .map((command) => ({ who: (who === '' ? 'kim' : who) as Who, command })),
  );
  if (found.length === 0) throw new Error(`the guide has nothing to type under ${number}`);
  return found;
}

/** What the guide tells people to answer, by the words of the question. */
const asTold: Answers = (prompt) => {
  if (/^(Passphrase|Repeat|PIN):/.test(prompt)) return PASSPHRASE;
  if (/\(y\/N ?\)$/.test(prompt)) return 'y';
  const [, code] = /\btype ([2-9A-HJ-NP-Z]{8}) to .*:$/.exec(prompt) ?? [];
  if (code !== undefined) return code;
  if (prompt.includes('which one will you sign with')) return '1';
  if (prompt.endsWith('full name?')) return 'Kim Novak';
  if (prompt.endsWith('e-mail address?')) return 'kim@example.org';
  if (/\bm meets the standard\b.*:$/.test(prompt)) return 'm';
  if (/what do you decide|approve or reject/i.test(prompt)) return 'nothing';
  if (/\bEnter\b.*[?:)]$/.test(prompt)) return '';
  return /\b(why|what)\b.*\?$/.test(prompt) ? REASON : null;
};

describe.skipIf(lacking('tmux', 'gpg', 'pinentry-tty'))('the guide for people who sign', () => {
  let kim: Sandbox;
  let mia: Member, gus: Member, omar: Member;
  let everybody: readonly Member[] = [];
  let server: string;
  let root: string;
  let fingerprint = '<FINGERPRINT>';
  const shells: Partial<Record<Who, Shell>> = {};

  beforeAll(async () => {
    kim = sandbox();
    kim.write(join(kim.gnupg, 'gpg-agent.conf'), 'pinentry-program /usr/bin/pinentry-tty\n');
    mia = person('mia', ['policy-approver', 'ml-manager', 'override']);
    gus = person('gus', ['governance-approver', 'policy-approver']);
    omar = person('omar', ['operator']);
    const eli = person('eli', ['evaluation-owner']);
    const trainer = await pipeline();
    const others = [person('ana', ['model-owner']), person('dora', ['domain-expert'])];
    everybody = [mia, gus, omar, eli, trainer, ...others];
    const evidence = join(mia.box.home, 'evidence');
    const policy = policyFolder(mia.box, everybody);
    const made = await acting(at(mia), ['init', evidence, '--policy', policy]);
    root = /[0-9a-f]{40}:[0-9A-F]{40}/.exec(made.stdout)?.[0] ?? '';
    // One machine plays the pipeline, the evaluation owner and the operator, before Kim comes.
    eli.box.write(join(eli.box.home, 'base.json'), harnessOutput('base', 1_704_100_000));
    const locked = lockLine(at(eli, root), at(trainer, root), evidence, 'base.json');
    train(trainer, locked + 1, locked + 1);
    await until(locked + 1);
    for (const [who, words] of [
      [trainer, SUBMIT],
      [omar, ['approve', IT]],
    ] as const) {
      const { code, stderr } = await acting(at(who, root), [...words, '-C', evidence]);
      expect(code, stderr).toBe(0);
    }
    server = join(mia.box.root, 'server.git');
    mia.box.git(mia.box.root, ['clone', '-q', '--bare', evidence, server]);
    mia.box.git(evidence, ['remote', 'add', 'origin', server]);
    mia.box.git(evidence, ['push', '-q', '-u', 'origin', 'main']);
    gus.box.git(gus.box.home, ['clone', '-q', server, 'evidence']);
    shells.kim = openShell(kim, { env: kim.env, cwd: kim.home });
    for (const [who, { box }] of [
      ['colleague', mia],
      ['second', gus],
    ] as const)
      shells[who] = openShell(box, {
        env: { ...box.env, MODELSMITH_ROOT: root },
        cwd: join(box.home, 'evidence'),
      });
  });
  afterAll(() => {
    for (const shell of Object.values(shells)) shell.close();
    kim.dispose();
    for (const { box } of everybody) box.dispose();
  });

  /** What stands in the box, but for what the guide says to replace. */
  async function type({ who, command }: Typed, answers: Answers = asTold): Promise<Ran> {
    const line = command
      .replace('https://git.example.org/evidence.git', server)
      .replace('<commit>:<fingerprint>', root)
      .replace('<FINGERPRINT>', fingerprint);
    expect(line, 'something is left to fill in').not.toMatch(/<[a-zA-Z]/);
    const shell = shells[who];
    if (shell === undefined) throw new Error(`who is ${who}?`);
    return await shell.run(line, answers);
  }
  async function typeAll(number: number): Promise<ReadonlyMap<string, Ran>> {
    const seen = new Map<string, Ran>();
    for (const typed of boxesOf(number)) {
      hand(typed);
      const ran = await type(typed);
      expect(ran.exit, `${typed.who}: ${typed.command}\n${ran.text}`).toBe(0);
      seen.set(typed.command, ran);
    }
    return seen;
  }
  /** Mail: a certificate that a colleague needs comes from Kim's home. */
  function hand({ who, command }: Typed): void {
    const [, file] = / \.\/(kim\S*\.asc)/.exec(command) ?? [];
    if (who === 'colleague' && file !== undefined)
      copyFileSync(join(kim.home, file), join(mia.box.home, 'evidence', file));
  }

  it('takes somebody from nothing to an enrolled key (1, 2)', async () => {
    await typeAll(1);
    const seen = await typeAll(2);
    const { text = '' } = seen.get('modelsmith signer enroll --me') ?? {};
    fingerprint = (/^ {2}([0-9A-F]{4}(?: +[0-9A-F]{4}){9})$/m.exec(text)?.[1] ?? '').replaceAll(' ', '');
    expect(fingerprint).toHaveLength(40);
    const proposed = seen.get('modelsmith signer enroll kim ./kim.asc --role domain-expert');
    expect(proposed?.text).toContain(fingerprint);
  });

  it('to a pinned root, a machine that can sign, and a look around (3, 4)', async () => {
    const seen = [...(await typeAll(3)).values()].map(({ text }) => text).join('\n');
    expect(seen).toContain('verified: no findings');
    expect(seen).toMatch(/ok +trial signature +made as kim/);
    const around = [...(await typeAll(4)).values()].map(({ text }) => text).join('\n');
    expect(around).toContain('domain-validation');
    expect(around).toContain(IT);
  });

  it('what goes wrong changes nothing, and says what the guide says (6)', async () => {
    const [approve] = boxesOf(5);
    const [forget, ...tty] = boxesOf(6);
    if (approve === undefined || forget === undefined) throw new Error('the guide has no such box');
    expect((await type(forget)).exit).toBe(0);
    const wrong = await type(approve, (prompt, screen) => {
      if (prompt.startsWith('Passphrase:')) return 'not this one';
      return prompt.includes('Try to sign again') ? 'n' : asTold(prompt, screen);
    });
    expect(wrong.text.replace(/\s+/g, ' ')).toContain('the passphrase or PIN was wrong');
    expect(wrong.asked.filter((prompt) => prompt.startsWith('Passphrase:'))).toHaveLength(3);
    expect(wrong.text.replace(/\s+/g, ' ')).toContain('what you said is kept in');
    // Offered again, and not taken: whoever begins anew is asked why anew.
    const out = await type(approve, (prompt, screen) => {
      if (prompt.includes('go on with that')) return 'n';
      return /\b(why)\b.*\?$/.test(prompt) ? CTRL_C : asTold(prompt, screen);
    });
    expect(out.asked.some((prompt) => prompt.includes('go on with that'))).toBe(true);
    expect(out.text).toContain('broken off; nothing was changed');
    expect([wrong.exit, out.exit]).toEqual([77, 77]);
    expect((await type({ who: 'kim', command: 'git status --short --branch' })).text).toMatch(
      /## main\.\.\.origin\/main$/,
    );
    for (const typed of tty) expect((await type(typed)).exit, typed.command).toBe(0);
  });

  it('to a signed approval that others see (5)', async () => {
    const seen = await typeAll(5);
    const { text = '', asked = [] } = seen.get(`modelsmith approve ${IT}`) ?? {};
    expect(text).toContain('signed by kim in commit');
    // The reason is the one that was given when the passphrase was wrong.
    expect(asked.some((prompt) => prompt.includes('go on with that'))).toBe(true);
    expect((await type({ who: 'second', command: 'git pull' })).exit).toBe(0);
    expect((await type({ who: 'second', command: `modelsmith status ${IT}` })).text).toContain(
      'approved by kim',
    );
  });

  it('to a key that lives longer, and one that is revoked (7, 8)', async () => {
    await typeAll(7);
    const doctor = await type({ who: 'kim', command: 'git pull -q; modelsmith doctor' });
    expect(doctor.text).toMatch(/ok +certificate +the one recorded here is as new as yours/);
    await typeAll(8);
    const after = await type({ who: 'kim', command: 'git pull -q; modelsmith doctor --sign' });
    expect(after.exit).toBe(3);
    expect(after.text.replace(/\s+/g, ' ')).toContain('of kim has been ended');
  });
});
