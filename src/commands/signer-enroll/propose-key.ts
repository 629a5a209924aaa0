import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import type { Principal } from '../../domain/signers.ts';
import { principalNamed } from '../../machine/law.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { proposePolicy } from '../shared/changes/propose-policy.ts';
import { SignersEdit } from '../shared/changes/signers-edit.ts';
import { openDesk } from '../shared/opening/write.ts';
import type { EnrolInput } from './input.ts';
import { spelled } from '../shared/terminal/spelled.ts';

export interface KeyToEnrol {
  readonly fingerprint: Fingerprint;
  readonly userIds: readonly string[];
  readonly armored: string;
}

/** The proposal of somebody enrolled: a new person, a new machine, or one more key. */
export async function proposeKey(
  context: Context,
  input: EnrolInput & { readonly id: string },
  common: CommonOptions,
  { fingerprint, userIds, armored }: KeyToEnrol,
): Promise<Outcome> {
  const { id, role } = input;
  const desk = await openDesk(context, { ...common, role: null });
  const { world } = desk.workspace;
  const known = principalNamed(world.law, id);
  if (known === null && role.length === 0)
    throw new CannotTell('USAGE', `${id} is new and has no role; nobody acts without one`, {
      remedy: 'add --role <role>',
    });
  const edit = new SignersEdit(world);
  if (known === null) edit.add({ ...newcomer(input, userIds), id });
  else refuseOtherKind(known, input);
  edit.addKey(id, fingerprint, armored);
  edit.grant(id, role);
  return await proposePolicy(
    desk,
    { ...common, role: null },
    {
      files: edit.files(),
      reason: input.reason ?? usualReason(id, known, fingerprint),
      headline: `${id} cannot be enrolled so`,
      remarks: [`compare with ${id}, by phone or in person:`, `  ${spelled(fingerprint)}`],
    },
  );
}

function usualReason(id: string, known: Principal | null, key: Fingerprint): string {
  if (known === null) return `Enrol ${id}`;
  return known.keys.some(({ fingerprint }) => fingerprint === key)
    ? `A later certificate of ${id}`
    : `One more key for ${id}`;
}

function newcomer(
  { name, email, automation, owner, id }: EnrolInput & { readonly id: string },
  userIds: readonly string[],
) {
  const [, own, address] = /^(.*?)\s*(?:<([^<>\s]+)>)?$/.exec(userIds[0] ?? '') ?? [];
  const mail = email ?? address;
  return {
    kind: automation ? ('automation' as const) : ('human' as const),
    name: name ?? (own === undefined || own === '' ? id : own),
    ...(mail !== undefined && { email: mail }),
    ...(owner !== undefined && { owner }),
  };
}

function refuseOtherKind({ id, kind }: Principal, { automation, name, email }: EnrolInput): void {
  if (automation || name !== undefined || email !== undefined)
    throw new CannotTell(
      'USAGE',
      `${id} is enrolled already, as ${kind === 'human' ? 'a human' : 'an automation'}`,
      {
        remedy: `for one more key: modelsmith signer enroll ${id} --certificate <file>`,
      },
    );
}
