import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { LineName, PrincipalName, toTime } from '../../domain/names.ts';
import { Push } from '../../domain/own-settings.ts';
import { cannotTellJson } from '../shared/explaining/cannot-tell.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { SIGN_OPTION, TRUST_OPTIONS } from '../shared/intake/model-signature.ts';
import { IMPORTER_OPTION, REGISTRY_OPTION } from '../shared/intake/pipeline-options.ts';
import { PLAIN_HTTP_OPTION, registryNamed } from '../shared/intake/registry-choice.ts';
import { required } from '../shared/opening/required.ts';
import type { Order } from './order.ts';
import { makeRound, type Refused, type Round } from './round.ts';
import { candidateJson, candidateLine, errorLine, healthLine, isWell, unreadLine } from './view.ts';

const Input = z.object({
  line: LineName,
  repository: z.string(),
  tag: required("which tags are candidates, such as 'candidate-*'").refine(
    (text) => /^[A-Za-z0-9_*][A-Za-z0-9._*-]{0,127}$/.test(text) && text.split('*').length <= 2,
    'must be a tag, with at most one * for any letters',
  ),
  base: z.string().nullable().default(null),
  onBehalfOf: PrincipalName.nullable().default(null),
  importer: z.string().nullable().default(null),
  registry: z.string().nullable().default(null),
  modelKey: z.string().nullable().default(null),
  modelCa: z.string().nullable().default(null),
  signModel: z.string().nullable().default(null),
  plainHttp: z.boolean().default(false),
  push: Push.optional(),
  once: z.boolean().default(false),
  every: z.coerce.number().int().min(5, 'must be seconds from 5 to 86400').max(86_400).default(60),
});
type Input = z.infer<typeof Input>;

const LONGEST_SECONDS = 900;

/** Submits what appears in a registry under a tag for candidates. */
export const watch: Command<Input> = {
  name: 'watch',
  group: 'pipeline',
  summary: 'submit candidates of a line as they appear under a tag in a registry',
  description:
    'Looks again and again which tags match, and submits what is new there, once for each digest, as submit --from does: a tag\n' +
    'that moves is another candidate. Which iteration it is says its annotation dev.modelsmith.iteration; metadata, results and\n' +
    'evidence lie in it below submission/. What evidence knows is not submitted again, so that this can be killed and started\n' +
    'as one likes. A candidate that is refused is told once and keeps no other back. Whoever may push there has his word signed\n' +
    'with the key of this machine: let nobody push but the pipeline, or ask for signatures with --model-key. People sign at the\n' +
    'gates as ever. Exit code of --once: 3 where a candidate was refused or not done.',
  arguments: [
    { name: '<line>', description: 'the line of models' },
    { name: '<repository>', description: 'oci://<host>/<repository>, or a folder in OCI image layout' },
  ],
  options: [
    {
      flags: '--tag <pattern>',
      description: "which tags are candidates, such as 'candidate-*' (must be given)",
    },
    { flags: '--once', description: 'look once, and end' },
    {
      flags: '--every <seconds>',
      description: 'seconds between looks (default: 60; longer while something fails)',
    },
    { flags: '--base <name@pin>', description: 'the base of all of them, where they do not pin it' },
    {
      flags: '--on-behalf-of <person>',
      description: 'for whom they are asked (default: the owner of the key)',
    },
    IMPORTER_OPTION,
    ...TRUST_OPTIONS,
    REGISTRY_OPTION,
    SIGN_OPTION,
    PLAIN_HTTP_OPTION,
    {
      flags: '--push <how>',
      values: Push.options,
      description: 'direct, branch (for a pull request) or off (default: your setting, else direct)',
    },
  ],
  examples: [
    "modelsmith watch claims-triage oci://registry.example.org/candidates/claims --tag 'candidate-*' --key-file pipeline.key --once --dry-run",
    "modelsmith watch claims-triage oci://registry.example.org/candidates/claims --tag 'candidate-*' --key-file pipeline.key",
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    if (common.dryRun && !input.once)
      throw new CannotTell('USAGE', '--dry-run looks once', { remedy: 'add --once' });
    const order = orderOf(context, input);
    const look = { matches: matcherOf(input.tag), push: input.push };
    const refused: Refused = new Map();
    if (input.once) return ended(await makeRound(context, common, order, look, refused), common);
    return await keepOn(context, common, input.every, () => makeRound(context, common, order, look, refused));
  },
};

function orderOf({ files }: Context, { repository, ...input }: Input): Order {
  const named = registryNamed(repository, input.plainHttp);
  const place = named.kind === 'layout' ? { ...named, folder: files.absolute(named.folder) } : named;
  return { ...input, place, lock: null, exception: [], confidential: null };
}

/** With one `*` at most there is one way to read it. */
function matcherOf(pattern: string): (tag: string) => boolean {
  const [before = '', after] = pattern.split('*');
  return (tag) =>
    after === undefined
      ? tag === before
      : tag.length >= before.length + after.length && tag.startsWith(before) && tag.endsWith(after);
}

function json(round: Round, dryRun: boolean): object {
  const { ends, known, refusedBefore, waits, shared, demonstration, unread } = round;
  const commits = ends.flatMap((end) => ('signed' in end && end.signed !== null ? [end.signed.commit] : []));
  return {
    ...{
      candidates: ends.map(candidateJson),
      unread: unread.map(({ tag, why }) => ({ tag, why: escapeShown(why) })),
      known,
      refusedBefore,
      waits,
      shared,
      well: isWell(round),
    },
    ...{ commit: commits.at(-1) ?? null, dryRun, demonstration },
  };
}

function ended(round: Round, { dryRun }: CommonOptions): Outcome {
  const isYes =
    isWell(round) && round.unread.length === 0 && round.ends.every(({ status }) => status !== 'refused');
  return {
    kind: isYes ? 'yes' : 'no',
    json: json(round, dryRun),
    text: () => {
      const [health, lines] = linesOf(round);
      return [...lines, health].join('\n');
    },
  };
}

function linesOf(round: Round): readonly [health: string, lines: readonly string[]] {
  return [healthLine(round), [...round.ends.map(candidateLine), ...round.unread.map(unreadLine)]];
}

/** Until somebody ends it. While something fails the pauses grow. */
async function keepOn(
  context: Context,
  common: CommonOptions,
  every: number,
  look: () => Promise<Round>,
): Promise<Outcome> {
  const { terminal } = context;
  // What lasts is told once; the last line of each look says that it does.
  let before: readonly string[] = [];
  for (let pause = every; ;) {
    const end = await look().catch((error: unknown) => {
      if (error instanceof CannotTell) return error;
      throw error;
    });
    const time = toTime(context.now());
    const well = !(end instanceof CannotTell) && isWell(end);
    if (common.json) {
      const told = end instanceof CannotTell ? { well, ...cannotTellJson(end) } : json(end, false);
      terminal.out(JSON.stringify({ ...told, schema: 'modelsmith/out/watch/v1', time }));
    } else {
      const [health, lines] =
        end instanceof CannotTell ? [`${end.code}: ${end.message}`, [errorLine(end)]] : linesOf(end);
      for (const line of lines.filter((each) => !before.includes(each)))
        terminal.out(`${time} ${escapeShown(line)}`);
      terminal.out(`${time} ${well ? 'ok' : 'NOT OK'}  ${escapeShown(health)}`);
      before = lines;
    }
    pause = well ? every : Math.min(pause * 2, Math.max(LONGEST_SECONDS, every));
    await wait(pause * 1000);
  }
}
