import * as z from 'zod';
import { isDemonstration } from '../../domain/repository.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { counted } from '../shared/views/notices.ts';
import { styleOf, wrap, type Style } from '../shared/terminal/style.ts';
import { evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { keys } from './keys.ts';
import { configFolder, gitSettings } from './settings.ts';
import { tools } from './tools.ts';
import { trial } from './trial.ts';

const Input = z.object({ sign: z.boolean().default(false) });

/** Looks at everything the other commands need, and changes nothing. */
export const doctor: Command<z.infer<typeof Input>> = {
  name: 'doctor',
  group: 'start',
  summary: 'check git, gpg, keys, clock and settings, each with its remedy',
  description:
    'Changes nothing. Exit code 0 when there is no problem (warnings may be), 3 when there is one. With --sign your key\n' +
    'signs a few random words, by the way commits are signed, and they are held against the certificate in force.',
  arguments: [],
  options: [
    { flags: '--sign', description: 'make a trial signature; GnuPG may ask for the passphrase' },
    { flags: '--as <principal>', description: 'with --sign: as this principal, where several keys are here' },
    { flags: '--key-file <file>', description: 'check this OpenPGP key file instead of GnuPG' },
  ],
  examples: ['modelsmith doctor', 'modelsmith doctor --sign', 'modelsmith doctor -C evidence --json'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { sign }, common) => {
    const keyFile = common.keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
    const { findings: about, workspace } = await evidence(context, common);
    const law = workspace?.world.law ?? null;
    const findings: readonly Finding[] = [
      ...(await tools(context, keyFile)),
      ...(await keys(context, law, keyFile)),
      await configFolder(context),
      ...about,
      ...(workspace === null ? [] : await gitSettings(context, common.directory, workspace.ref)),
      ...(sign ? [await trial(context, workspace, common)] : []),
    ];
    const counts = {
      ok: count(findings, 'ok'),
      warnings: count(findings, 'warn'),
      problems: count(findings, 'bad'),
      unknown: count(findings, 'unknown'),
    };
    const demonstration = law !== null && isDemonstration(law.repository);
    return {
      kind: counts.problems === 0 ? 'yes' : 'no',
      json: { demonstration, ...counts, findings },
      text: ({ columns, color }) => {
        const style = styleOf(color);
        return [
          ...(demonstration ? ['DEMONSTRATION'] : []),
          ...findings.flatMap((finding) => lines(finding, style, Math.min(columns, 100))),
          '',
          [
            `${counts.ok} ok`,
            counted(counts.warnings, 'warning'),
            counted(counts.problems, 'problem'),
            ...(counts.unknown === 0 ? [] : [`${counts.unknown} unknown`]),
          ].join(', '),
        ].join('\n');
      },
    };
  },
};

function count(findings: readonly Finding[], state: Finding['state']): number {
  return findings.filter((finding) => finding.state === state).length;
}

const HEAD = 28;

function lines({ check, state, finding, remedy }: Finding, style: Style, columns: number): readonly string[] {
  const paint = { ok: style.good, warn: style.careful, bad: style.bad, unknown: style.dim }[state];
  const head = `${paint(state.padEnd(7))}  ${check.padEnd(HEAD - 9)}`;
  const indent = ' '.repeat(HEAD);
  const room = Math.max(20, columns - HEAD);
  return [
    ...wrap(escapeShown(finding), room).map((line, index) => `${index === 0 ? head : indent}${line}`),
    // Commands are never broken, so that they can be copied.
    ...(remedy === null ? [] : [`${indent}→ ${escapeShown(remedy)}`]),
  ];
}
