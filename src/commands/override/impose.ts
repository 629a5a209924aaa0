import { isNonEmpty } from '../../base/nonempty.ts';
import { toTime, type EntryId } from '../../domain/names.ts';
import { Override } from '../../domain/override.ts';
import { overrideFile } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { isDemonstration } from '../../domain/repository.ts';
import type { JudgedCommit } from '../../evidence/lineage.ts';
import { SIDE_REFS } from '../../evidence/side-overrides.ts';
import { writeCommit } from '../../evidence/write-commit.ts';
import { putText } from '../../machine/act.ts';
import { decide } from '../../machine/decide.ts';
import { holderOfKey, isKeyEnded, lawOf } from '../../machine/law.ts';
import type { CommonOptions, OptionSpec, Outcome } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { overrideWords } from '../shared/opening/override-words.ts';
import { demandYes } from '../shared/terminal/prompts.ts';
import { branchOf, type TipDesk } from '../shared/opening/tip-desk.ts';
import type { Who } from '../shared/opening/who.ts';

export const REASON_OPTION: OptionSpec = {
  flags: '--reason <text>',
  description: 'why; recorded and signed',
};
export const REF_OPTION: OptionSpec = {
  flags: '--ref',
  description: `write to a ref of its own (${SIDE_REFS}<id>) and leave the branch alone, where it is protected`,
};

type WithoutHeader<T> = T extends unknown
  ? Omit<T, 'schema' | 'id' | 'repository' | 'principal' | 'role' | 'key' | 'time'>
  : never;
/** What a brake does, and why. */
export type Brake = WithoutHeader<Override>;

export interface ImposeOrder {
  readonly who: Who;
  readonly brake: Brake;
  /** To a ref of its own. */
  readonly ref: boolean;
  /** Said before the question is asked. */
  readonly about?: readonly string[];
}

/** Signs one override and puts it in force, whatever else is wrong here. One question is asked, at a terminal. */
export async function impose(
  desk: TipDesk,
  common: CommonOptions,
  { who, brake, ref: aside, about = [] }: ImposeOrder,
): Promise<Outcome> {
  const { context, tip, world, now, judged } = desk;
  const { law } = world;
  const override = Override.parse({
    schema: 'modelsmith/override/v1',
    id: Buffer.from(context.random(32)).toString('hex'),
    repository: law.repository.id,
    principal: who.principal.id,
    role: 'override',
    key: who.signer.primary,
    time: toTime(now),
    ...brake,
  });
  const words = `${override.act} ${overrideWords(override)}`;
  const put = putText(overrideFile(override.id), `${JSON.stringify(override, null, 2)}\n`);
  const bytes = put.bytes ?? new Uint8Array();
  const reasons = refusals(desk, who, override, bytes);
  if (isNonEmpty(reasons)) return { kind: 'refused', headline: `${words} is not imposed`, reasons };

  const ref = aside ? `${SIDE_REFS}${override.id}` : branchOf(desk);
  const json = {
    override: override.id,
    act: override.act,
    what: overrideWords(override),
    ref,
    tipIsVoid: tip.void,
    files: [put.path],
    signer: who.principal.id,
    demonstration: isDemonstration(law.repository),
    dryRun: common.dryRun,
  };
  if (common.dryRun)
    return {
      kind: 'yes',
      json: { ...json, commit: null },
      text: () => [...about, `dry run: would impose ${words}`, `would write ${put.path}`].join('\n'),
    };
  for (const line of about) context.terminal.say(line);
  if (context.terminal.interactive)
    await demandYes(context, `impose ${words} as ${who.principal.id}?`, 'it was not imposed');
  const { name, email, id } = who.principal;
  const result = await writeCommit(judged.repository, context.verifier, who.signer, {
    ref,
    parent: aside ? soundBelow(desk) : tip,
    lineage: judged.verification.history,
    imposes: true,
    aside,
    puts: [put],
    message: `Override: ${words}`,
    author: { name, email: email ?? `${id}@modelsmith.invalid` },
    now,
  });
  if (result.kind === 'refused') {
    if (!isNonEmpty(result.reasons)) throw new Error('refused without a reason');
    const beside = tip.void && !aside ? ' on this tip: with --ref it is made beside it' : '';
    return { kind: 'refused', headline: `${words} is not imposed${beside}`, reasons: result.reasons };
  }
  return {
    kind: 'yes',
    json: { ...json, commit: result.commit },
    text: () =>
      [
        ...(json.demonstration ? ['DEMONSTRATION'] : []),
        `imposed: ${words}`,
        `override ${override.id}`,
        `signed by ${id} in commit ${result.commit}`,
        ...(tip.void ? ['the tip is not valid, and the override is in force all the same'] : []),
        `next: git push origin ${escapeShown(aside ? `${ref}:${ref}` : `${result.commit}:${ref}`)}`,
      ].join('\n'),
  };
}

/** What a ref of its own grows from: the latest valid commit, for a void tip may hold what git cannot even list. */
function soundBelow({ tip, judged }: TipDesk): JudgedCommit {
  const [base, ...others] = tip.force.bases;
  if (!tip.void || base === undefined || others.length > 0) return tip;
  return judged.verification.history.judged.get(base) ?? tip;
}

/** Why it would not be in force: by every law that brakes are judged by. */
function refusals(
  { tip }: TipDesk,
  { signer }: Who,
  override: Override,
  bytes: Uint8Array,
): readonly Reason[] {
  return tip.force.brakeLaws.flatMap((tree): readonly Reason[] => {
    const law = lawOf(tree);
    const holder = holderOfKey(law, signer.primary);
    if (holder === null) return [reason('SIGNER_NOT_ENROLLED', { key: signer.primary })];
    const { principal, key } = holder;
    const how = key.compromised === undefined ? 'retired' : 'compromised';
    const actor = {
      principal,
      key: signer.primary,
      signed: tip.force.clock,
      clock: tip.force.clock,
    };
    const decision = decide({ law, tree }, { kind: 'override', override, bytes }, actor);
    return [
      ...(isKeyEnded(key)
        ? [reason('KEY_ENDED', { key: signer.primary, principal: principal.id, how })]
        : []),
      ...(decision.kind === 'refused' ? decision.reasons : []),
    ];
  });
}

/** The entry that an id or the beginning of one names; the text itself where none or several do. */
export function entryNamed(start: string, known: Iterable<EntryId>): EntryId | null {
  const found = [...known].filter((id) => id.startsWith(start));
  const [only, ...others] = found;
  return only === undefined || others.length > 0 ? null : only;
}
