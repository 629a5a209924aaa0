import { CannotTell } from '../../base/errors.ts';
import { PrincipalName } from '../../domain/names.ts';
import { principalNamed, type Law } from '../../machine/law.ts';
import type { Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown, shellWord } from '../shared/terminal/escape.ts';
import { anyOf } from '../shared/explaining/explained.ts';
import type { GrantSpec } from '../shared/changes/signers-edit.ts';
import { checkLines } from './check-lines.ts';
import type { KeyCheck } from './key-checks.ts';
import { spelled } from '../shared/terminal/spelled.ts';
import type { OwnCertificate } from './own-certificate.ts';

export interface HandOver {
  readonly id: string | null;
  readonly output: string | null;
  readonly role: readonly GrantSpec[];
  readonly dryRun: boolean;
  /** What is in force here; null where there is no repository that could be believed. */
  readonly law: Law | null;
}

/** For somebody nobody has enrolled yet: the public certificate in a file, and what a colleague types. */
export async function handOver(
  context: Context,
  own: OwnCertificate,
  checks: readonly KeyCheck[],
  { id: named, output, role, dryRun, law }: HandOver,
): Promise<Outcome> {
  const id = named ?? (await shortName(context, own));
  const file = output ?? `${id}.asc`;
  if (!dryRun) await write(context, file, own.armored);
  const known = law !== null && principalNamed(law, id) !== null;
  const command = [
    `modelsmith signer enroll ${id} ${shellWord(file.startsWith('/') ? file : `./${file}`, 'file')}`,
    ...(known ? [] : role.length === 0 ? ['--role <role>'] : rolesOf(role)),
  ].join(' ');
  const approvers = law === null ? [] : policyApprovers(law);
  return {
    kind: 'yes',
    json: {
      enrolled: null,
      id,
      ...ownJson(own),
      checks,
      file: dryRun ? null : file,
      handTo: approvers,
      command,
      dryRun,
      commit: null,
    },
    text: ({ columns, color }) =>
      [
        `${own.made ? 'your new key' : 'your key'}: ${escapeShown(own.userIds[0] ?? 'no name')}`,
        ...checkLines(checks, columns, color),
        '',
        dryRun
          ? `dry run: would write your public certificate to ${escapeShown(file)}`
          : `wrote ${escapeShown(file)}: your public certificate, which anybody may see`,
        'the fingerprint, to be compared by phone or in person:',
        `  ${spelled(own.fingerprint)}`,
        '',
        `next: give ${escapeShown(file)} to ${approvers.length === 0 ? 'a policy approver' : `${anyOf(approvers)}, a policy approver`}, who types`,
        `        ${command}`,
        '      compares the fingerprint with you, and has the proposal approved',
        '      afterwards: git pull, then modelsmith doctor --sign',
      ].join('\n'),
  };
}

/** What `--json` says of the key. */
export function ownJson({ fingerprint, userIds, facts, card, made }: OwnCertificate): object {
  return {
    fingerprint,
    userIds,
    algorithm: facts.kind === 'certificate' ? facts.algorithm : null,
    expires: facts.kind === 'certificate' ? facts.expires : null,
    card,
    made,
  };
}

async function write({ files }: Context, file: string, armored: string): Promise<void> {
  const bytes = new TextEncoder().encode(armored);
  if (await files.exists(file)) {
    const there = await files.read(file, MAX_CERTIFICATE_BYTES);
    if (Buffer.from(there).equals(Buffer.from(bytes))) return;
    throw new CannotTell('CANNOT_CREATE', `${file} is there already, and holds something else`, {
      remedy: 'name another file with --output, or move that one away',
    });
  }
  await files.create(file, bytes);
}

const MAX_CERTIFICATE_BYTES = 1024 * 1024;

/** From the address, for people to agree to. */
async function shortName({ terminal }: Context, { userIds }: OwnCertificate): Promise<string> {
  const [, local = ''] = /<([^<>@\s]+)@[^<>\s]*>\s*$/.exec(userIds[0] ?? '') ?? [];
  const guess = PrincipalName.safeParse(local.toLowerCase());
  if (!terminal.interactive) {
    if (guess.success) return guess.data;
    throw new CannotTell('USAGE', 'your short name in the evidence must be given', {
      remedy: 'modelsmith signer enroll <name> --me',
    });
  }
  const question = guess.success
    ? `what shall be your short name in the evidence? (Enter for ${guess.data})`
    : 'what shall be your short name in the evidence, such as kim?';
  for (;;) {
    const text = (await terminal.ask(question)).trim();
    const name = PrincipalName.safeParse(text === '' && guess.success ? guess.data : text);
    if (name.success) return name.data;
    terminal.say(`it ${name.error.issues[0]?.message ?? 'is wrong'}`);
  }
}

function rolesOf(grants: readonly GrantSpec[]): readonly string[] {
  return grants.flatMap(({ role, lines }) =>
    lines.map((line) => `--role ${line === '*' ? role : `'${role}@${line}'`}`),
  );
}

function policyApprovers({ signers }: Law): readonly string[] {
  return signers.principals
    .filter(({ roles }) => roles.some(({ role }) => role === 'policy-approver'))
    .map(({ id }) => id);
}
