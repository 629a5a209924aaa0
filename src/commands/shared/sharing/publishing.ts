import * as z from 'zod';
import { CannotTell } from '../../../base/errors.ts';
import { IterationId } from '../../../domain/names.ts';
import { Push, type OwnSettings } from '../../../domain/own-settings.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { ArgumentSpec, Command, CommonOptions, Outcome } from '../command.ts';
import { inCachedClone } from './cached-clone.ts';
import type { Context } from '../context.ts';
import { kept, publish, type Published, type Signed } from './publish.ts';
import { demandUpstream } from './upstream.ts';
import { claimedId } from '../opening/workspace.ts';

export interface Sharing {
  readonly push?: Push | undefined;
  /** An address to clone and work in, instead of the repository around. */
  readonly repository?: string | undefined;
}

const Options = z.object({ push: Push.optional(), repository: z.string().optional() });

/**
 * The verb of a person, with what follows a signature: the commit is pushed, as the person has it set. A verb about an
 * iteration takes the address of a repository before it, and then works in a clone of its own.
 */
export function publishing<Input extends object>(command: Command<Input>): Command<Input & Sharing> {
  const [first, ...others] = command.arguments;
  // Only the last argument of a command can be several words.
  const elsewhere = first !== undefined && others.length === 0 && /^[<[]iteration\b/.test(first.name);
  return {
    ...command,
    arguments: elsewhere ? [withAddress(first), ...others] : command.arguments,
    options: [
      ...command.options,
      {
        flags: '--push <how>',
        values: Push.options,
        description: 'direct, branch (for a pull request) or off (default: your setting, else direct)',
      },
    ],
    input: z.preprocess(
      (raw) => (elsewhere ? split(raw, first.name) : raw),
      z.intersection(command.input, Options),
    ),
    run: async (context, input, common) => {
      if (input.repository === undefined) return await signedAndShared(command, context, input, common);
      return await inCachedClone(context, common, input.repository, (there) =>
        signedAndShared(command, context, input, there),
      );
    },
  };
}

function withAddress({ name, description }: ArgumentSpec): ArgumentSpec {
  return {
    name: name.replace(/(\.\.\.)?([>\]])$/, '...$2'),
    description: `${description}; before it, where you have no clone: the address of the repository`,
  };
}

/** The words of a command line as the verb itself would get them, with an address in front of them taken away. */
function split(raw: unknown, name: string): unknown {
  if (typeof raw !== 'object' || raw === null || !('iteration' in raw) || !Array.isArray(raw.iteration))
    return raw;
  const words: readonly unknown[] = raw.iteration;
  const [first] = words;
  // Where the iteration may be left out, an address alone is told by what is in every address.
  const isAddress = typeof first === 'string' && name.startsWith('[') && /[/:]/.test(first);
  const hasAddress = (words.length > 1 || isAddress) && !IterationId.safeParse(first).success;
  const rest = hasAddress ? words.slice(1) : words;
  return {
    ...raw,
    ...(hasAddress && { repository: first }),
    iteration: name.includes('...') || rest.length > 1 ? rest : rest[0],
  };
}

async function signedAndShared<Input extends object>(
  command: Command<Input>,
  context: Context,
  input: Input & Sharing,
  common: CommonOptions,
): Promise<Outcome> {
  // Whatever would keep it from being shared at all is said before anything is signed.
  const own = await context.settings.load();
  if (input.push !== undefined && input.push !== 'off') await upstreamHere(context, common, true);
  const outcome = await command.run(context, input, common);
  const signed = outcome.kind === 'yes' ? signedIn(outcome.json) : null;
  if (outcome.kind !== 'yes' || signed === null) return outcome;
  const published = await shared(context, input, common, own, signed).catch((error: unknown) => {
    if (!(error instanceof CannotTell)) throw error;
    // What was signed is told as well; with --json the error names the commit, and there is one object only.
    if (!common.json) tell(context, common, outcome);
    throw kept(signed, error);
  });
  if (published === null) return outcome;
  if ('lines' in published) {
    const { json, lines } = published;
    return {
      ...outcome,
      json: { ...outcome.json, push: json },
      text: (view) => [outcome.text(view), ...lines].join('\n'),
    };
  }
  if (!common.json) tell(context, common, outcome);
  return published.kind === 'refused'
    ? published
    : { ...published, json: { ...published.json, kept: signed.commit } };
}

/** What follows a signature. @returns null where it is shared nowhere, and nobody asked for it. */
export async function shared(
  context: Context,
  input: Sharing,
  common: CommonOptions,
  own: OwnSettings | null,
  signed: Signed,
): Promise<Published | Outcome | null> {
  const repository = await context.git.open(common.directory);
  const how = input.push ?? (await pushSetting(own, repository, signed.commit));
  // Whoever shares nothing needs nobody to share with.
  const found = await upstreamHere(context, common, how !== null && how !== 'off');
  if (found === null) return null;
  const upstream = { ...found, typed: found.typed || input.repository !== undefined };
  return await publish(context, common, { repository, upstream, how: how ?? 'direct', signed });
}

/** Where the branch that is checked out is shared; null where it is shared nowhere and nobody asked for it. */
async function upstreamHere(
  context: Context,
  common: CommonOptions,
  asked: boolean,
): Promise<Upstream | null> {
  const repository = await context.git.open(common.directory);
  const ref = await repository.currentBranch();
  if (ref === null) return null;
  if (asked) return await demandUpstream(context, repository, ref, null);
  return await repository.remotes.upstream(ref, null);
}

function tell({ terminal }: Context, { plain }: CommonOptions, outcome: Told): void {
  terminal.out(outcome.text({ columns: terminal.columns, color: terminal.color && !plain }));
}

/** How a person has it set for a repository; null where nothing is. @param tip any commit of it. */
export async function pushSetting(
  own: OwnSettings | null,
  repository: GitRepository,
  tip: string,
): Promise<Push | null> {
  if (own?.repositories === undefined) return own?.push ?? null;
  const objects = repository.openObjects();
  try {
    const id = await claimedId(objects, await repository.facts(), tip);
    return (id === null ? undefined : own.repositories[id]?.push) ?? own.push ?? null;
  } finally {
    await objects.close();
  }
}

type Told = Exclude<Outcome, { kind: 'refused' }>;

/** Members of what the verbs of people tell, as far as this needs them. */
const Members = z.object({
  commit: z.string(),
  signer: z.string(),
  iteration: z.string().optional(),
  iterations: z.array(z.string()).optional(),
  change: z.string().optional(),
  exception: z.string().optional(),
  entries: z.array(z.unknown()).optional(),
});

/** What was signed; null where nothing was. */
function signedIn(json: object): Signed | null {
  const told = Members.safeParse(json);
  if (!told.success) return null;
  const { commit, signer, iteration, iterations, change, exception, entries } = told.data;
  const [entry] = entries ?? [];
  const named = [
    ...(change === undefined ? [] : [`change-${change.slice(0, 12)}`]),
    ...(exception === undefined ? [] : [`exception-${exception.slice(0, 12)}`]),
  ];
  const about = iteration ?? iterations?.[0] ?? named[0] ?? 'decision';
  const brief = (typeof entry === 'string' ? entry : commit).slice(0, 8);
  const ids = (entries ?? []).filter((id) => typeof id === 'string');
  return { commit, signer, subject: about, brief, entries: ids };
}
