import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { CannotTell } from '../../src/base/errors.ts';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import type { Person } from '../attacks/people.ts';
import type { Site } from '../attacks/site.ts';
import type { Acted } from './support/acting.ts';
import { openPane } from './support/screen.ts';
import { person } from './support/walk.ts';

const IT = `${LINE}@1.0.0`;
const WHY = 'Looked at every claim of last week.';
const APPROVE = ['approve', IT, '--gate', 'domain-validation'];

let shop: Workshop;
let site: Site;
let unsigned = '';
let made = 0;
beforeAll(async () => {
  shop = workshop(inject('shared'));
  site = await shop.bench('sha1').site();
  unsigned = join(shop.box.home, '.local/state/modelsmith/unsigned');
}, 600_000);
afterEach(() => rmSync(unsigned, { recursive: true, force: true }));
afterAll(() => shop.dispose());

const git = (folder: string, ...args: readonly string[]): string => shop.box.git(folder, args);
const tip = (folder: string, ref = 'refs/heads/main'): string => git(folder, 'rev-parse', ref);
const does = (who: Person, cwd: string, ...argv: readonly string[]): Promise<Acted> =>
  person(site, who, cwd, argv);

/** A clone of a server of its own, at the expert's gate. */
function clone(): { readonly hub: string; readonly mine: string } {
  made += 1;
  const [hub, mine] = [join(shop.box.root, `hub-${made}.git`), join(shop.box.root, `mine-${made}`)];
  git(shop.box.root, 'init', '-q', '--bare', '--initial-branch=main', hub);
  git(site.directory, 'push', '-q', hub, `${site.at('deployed')}:refs/heads/main`);
  git(shop.box.root, 'clone', '-q', hub, mine);
  return { hub, mine };
}

/** Somebody approves, the expert if not told otherwise; at a question something happens, and she may say something else than she would have. */
async function interrupted(
  folder: string,
  at: string,
  happens: () => unknown,
  others: Readonly<Record<string, string>> = {},
  { of, who, words }: { of: Site; who: Person; words: readonly string[] } = {
    ...{ of: site, who: 'dora', words: APPROVE },
  },
): Promise<Acted & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  let over = false;
  const answer = async (question: string): Promise<string | undefined> => {
    asked.push(question);
    const other = Object.entries(others).find(([words]) => question.includes(words));
    if (!question.includes(at) || over) return other?.[1];
    over = true;
    await happens();
    return other?.[1];
  };
  const acted = await person(of, who, folder, words, { reason: WHY, answer });
  return { ...acted, asked };
}

/** Changes are asked for and made: an operator and the pipeline, in a clone. */
async function changeTheCard(two: Site, folder: string, push: 'off' | 'direct'): Promise<void> {
  const card = shop.box.write(join(shop.box.root, 'model-card.md'), '# Card\n\nNow for motor claims too.\n');
  const asks = ['request-changes', IT, '--json', '--push', push];
  const { stdout } = await person(two, 'otto', folder, asks);
  const { entries } = JSON.parse(stdout) as { entries: readonly string[] };
  const added = await person(two, 'trainer', folder, [
    'evidence',
    'add',
    IT,
    card,
    '--answers',
    entries[0] ?? '',
  ]);
  expect(added.code, added.stderr).toBe(0);
}

const kept = (): readonly string[] => (existsSync(unsigned) ? readdirSync(unsigned) : []);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
/** What the approval at the tip says, of what was added by it or under it. */
const reasonAt = (folder: string): boolean =>
  git(folder, 'grep', '-l', WHY, 'HEAD', '--', `${BUNDLE}/approvals`) !== '';

describe('a review during which the branch moves', () => {
  it('is signed on top of it, with nothing asked again, where nothing of it changed', async () => {
    const { hub, mine } = clone();
    const words = ['comment', IT, '--message', 'Good morning.', '--push', 'off'];
    const { code, stderr, asked } = await interrupted(mine, 'why do you approve', () =>
      does('gus', mine, ...words),
    );
    expect(code, stderr).toBe(0);
    expect(oneLine(stderr)).toContain('the branch moved while you read');
    expect(stderr).toContain('Good morning.');
    expect(asked.filter((question) => question.startsWith('why do you'))).toHaveLength(1);
    expect(asked.filter((question) => question.includes('does your decision'))).toEqual([]);
    expect(git(mine, 'log', '-2', '--format=%an').split('\n')).toEqual(['dora', 'gus']);
    expect([tip(hub), kept()]).toEqual([tip(mine), []]);
  });

  it('is signed after the person has seen what somebody else decided, with what she had said', async () => {
    const { mine } = clone();
    const other = ['approve', IT, '--gate', 'governance-approval', '--push', 'off'];
    const { code, stdout, stderr, asked } = await interrupted(mine, 'to approve', () =>
      does('gus', mine, ...other),
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('approve by gus');
    expect(asked.filter((question) => question.startsWith('why do you'))).toHaveLength(1);
    expect(asked.at(-1)).toContain('does your decision to approve stand');
    expect(stdout).toContain('moved customer-deployed → production-validated');
    expect(reasonAt(mine)).toBe(true);
  });

  it('is given up where she says that it does not stand; what she said is kept for her alone, and offered again', async () => {
    const { mine } = clone();
    const other = ['reject', IT, '--gate', 'governance-approval', '--push', 'off'];
    const first = await interrupted(mine, 'to approve', () => does('gus', mine, ...other), {
      'does your decision': 'no',
    });
    expect(first.code).toBe(77);
    expect(first.stderr).toContain('reject by gus');
    expect(git(mine, 'log', '-1', '--format=%an')).toBe('gus');
    const [file = ''] = kept();
    expect(oneLine(first.stderr)).toContain('what you said is kept in');
    expect(statSync(join(unsigned, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(unsigned, file), 'utf8')).toContain(WHY);
    // It is signed and shared also where it cannot be taken away any more.
    const again = await interrupted(mine, 'to approve', () => chmodSync(unsigned, 0o777));
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('what you had said before is still kept');
    chmodSync(unsigned, 0o700);
    expect(again.stdout).toContain('pushed to origin main');
    expect(again.asked[0]).toContain('go on with that');
    expect(again.asked.filter((question) => question.startsWith('why do you'))).toEqual([]);
    expect([reasonAt(mine), kept()]).toEqual([true, [file]]);
  });

  it('and the evidence with it: what changed is shown, and stated by the signature', async () => {
    const two = await shop.bench('sha1').site('two-operators');
    const mine = join(shop.box.root, 'two-operators');
    git(shop.box.root, 'clone', '-q', two.directory, mine);
    const land = (): Promise<void> => changeTheCard(two, mine, 'off');
    const words = ['approve', IT, '--push', 'off'];
    const how = { of: two, who: 'omar', words } as const;
    const { code, stderr, asked } = await interrupted(mine, 'to approve', land, {}, how);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('+ Now for motor claims too.');
    expect(stderr).toContain('request-changes by otto');
    expect(asked.at(-1)).toContain('does your decision to approve stand');
    expect(await person(two, 'omar', mine, ['verify'])).toMatchObject({ code: 0 });
    expect((await person(two, 'omar', mine, ['status', IT])).stdout).toContain('approved by omar');
  });
});

describe('a review that ends otherwise', () => {
  it.each([
    ['Enter: on to', 'Ctrl-C at a page', false],
    ['why do you approve', 'Ctrl-C at the reason', false],
    ['to approve', 'Ctrl-C at the code', true],
  ])('at “%s”: nothing is left but what was said (%s)', { timeout: 120_000 }, async (at, _what, said) => {
    const { mine } = clone();
    const before = tip(mine);
    const env = {
      ...shop.box.env,
      MODELSMITH_KEY_FILE: join(site.world.directory, '../people/dora.asc'),
      MODELSMITH_ROOT: site.root,
    };
    const pane = openPane(shop.box, { env, cwd: mine }, APPROVE, { columns: 100, rows: 60 });
    try {
      const end = Date.now() + 100_000;
      for (let asked = ''; pane.exit() === null;) {
        const screen = pane.tmux('capture-pane', '-p', '-J').trimEnd();
        const prompt = screen.split('\n').findLast((line) => line.startsWith('? ')) ?? '';
        if (Date.now() > end) throw new Error(screen);
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (prompt === asked || !screen.endsWith(prompt.trimEnd()) || !/[?:)]$/.test(prompt)) continue;
        asked = prompt;
        if (prompt.includes(at)) pane.tmux('send-keys', 'C-c');
        else {
          const line = prompt.endsWith('(y/N)') ? 'y' : prompt.startsWith('? why') ? WHY : '';
          if (line !== '') pane.tmux('send-keys', '-l', line);
          pane.tmux('send-keys', 'Enter');
        }
      }
      expect(pane.exit()).toBe(77);
      expect(pane.tmux('capture-pane', '-p', '-J')).toContain('broken off; nothing was changed');
    } finally {
      pane.close();
    }
    expect([tip(mine), git(mine, 'status', '--porcelain')]).toEqual([before, '']);
    expect(kept()).toHaveLength(said ? 1 : 0);
  });

  it('evidence that somebody else has pushed meanwhile: the signature is merged, and does not count until what changed is read', async () => {
    const two = await shop.bench('sha1').site('two-operators');
    const [hub, mine, theirs] = ['stale.git', 'stale-mine', 'stale-theirs'].map((name) =>
      join(shop.box.root, name),
    ) as [string, string, string];
    git(shop.box.root, 'clone', '-q', '--bare', two.directory, hub);
    for (const folder of [mine, theirs]) git(shop.box.root, 'clone', '-q', hub, folder);
    const land = async (): Promise<void> => {
      await changeTheCard(two, theirs, 'direct');
      git(theirs, 'push', '-q', 'origin', 'main');
    };
    const how = { of: two, who: 'omar', words: ['approve', IT] } as const;
    const { code, stdout, stderr } = await interrupted(mine, 'to approve', land, {}, how);
    expect(code, stderr).toBe(3);
    expect(stdout).toContain('approved at operator-signoff');
    expect(stderr).toContain('APPROVAL_STALE');
    expect(stderr).toContain(`modelsmith approve ${IT}`);
    expect([tip(hub), git(mine, 'status', '--porcelain')]).toEqual([tip(mine), '']);
    const again = await interrupted(mine, 'nowhere', () => undefined, { 'd: read what changed': 'd' }, how);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain('+ Now for motor claims too.');
  });

  it.each([
    ['of an iteration', 'dora', APPROVE],
    ['of a change', 'otto', ['policy', 'approve']],
  ] as const)(
    'a passphrase that was wrong at first: nothing %s is asked again',
    async (_what, who, words) => {
      const { mine } = clone();
      expect((await does('mia', mine, 'signer', 'retire', 'uwe', '--reason', 'He left.')).code).toBe(0);
      let wrong = 1;
      const asked: string[] = [];
      const { code, stderr } = await person(site, who, mine, words, {
        answer: (question) => void asked.push(question),
        sign: (signing) => ({
          ...signing,
          keyFile: async (...file) => {
            const { signer, ...rest } = await signing.keyFile(...file);
            const sign: typeof signer.sign = (...what) =>
              wrong-- > 0
                ? Promise.reject(new CannotTell('NOT_PERMITTED', 'the passphrase or PIN was wrong'))
                : signer.sign(...what);
            return { ...rest, signer: { ...signer, sign } };
          },
        }),
      });
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('the passphrase or PIN was wrong');
      expect(asked.at(-1)).toContain('Try to sign again, with all that you said');
      expect(asked.filter((question) => question.startsWith('why do you'))).toHaveLength(1);
    },
  );

  it('a remote that is gone when all is signed: the commit stays, and sync gets it in later', async () => {
    const { hub, mine } = clone();
    const before = tip(mine);
    const { code, stdout, stderr } = await interrupted(mine, 'to approve', () =>
      renameSync(hub, `${hub}.gone`),
    );
    expect(code, stderr).toBe(68);
    expect(stdout).toContain('approved at domain-validation');
    expect(stderr).toMatch(/signed and kept here in commit [0-9a-f]{40}, but not pushed/);
    expect(stderr).toContain('modelsmith sync');
    expect(git(mine, 'rev-parse', 'HEAD^')).toBe(before);
    renameSync(`${hub}.gone`, hub);
    expect((await does('dora', mine, 'sync')).code).toBe(0);
    expect([tip(hub), kept()]).toEqual([tip(mine), []]);
  });
});
