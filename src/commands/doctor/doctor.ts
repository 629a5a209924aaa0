import { z } from 'zod';
import { isDemonstration } from '../../domain/repository.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/escape.ts';
import { counted } from '../shared/notices.ts';
import { styleOf, wrap, type Style } from '../shared/style.ts';
import { evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { keys } from './keys.ts';
import { configFolder, mergeSettings } from './settings.ts';
import { tools } from './tools.ts';

const Input = z.object({});

/** Looks at everything the other commands need, and changes nothing. */
export const doctor: Command<z.infer<typeof Input>> = {
  name: 'doctor',
  group: 'start',
  summary: 'check git, gpg, keys, clock and settings, each with its remedy',
  description:
    'Changes nothing. Exit code 0 when there is no problem (warnings may be), 3 when there is one.',
  arguments: [],
  options: [{ flags: '--key-file <file>', description: 'check this OpenPGP key file instead of GnuPG' }],
  examples: ['modelsmith doctor', 'modelsmith doctor -C evidence --json'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, _input, common) => {
    const keyFile = common.keyFile ?? context.environment['MODELSMITH_KEY_FILE'] ?? null;
    const { findings: about, workspace } = await evidence(context, common);
    const law = workspace?.world.law ?? null;
    const findings: readonly Finding[] = [
      ...(await tools(context, keyFile)),
      ...(await keys(context, law, keyFile)),
      await configFolder(context),
      ...about,
      ...(workspace === null ? [] : await mergeSettings(context, common.directory, workspace.ref)),
    ];
    const counts = {
      ok: count(findings, 'ok'),
      warnings: count(findings, 'warning'),
      problems: count(findings, 'problem'),
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
          `${counts.ok} ok, ${counted(counts.warnings, 'warning')}, ${counted(counts.problems, 'problem')}`,
        ].join('\n');
      },
    };
  },
};

function count(findings: readonly Finding[], status: Finding['status']): number {
  return findings.filter((finding) => finding.status === status).length;
}

const HEAD = 26;

function lines(
  { check, status, finding, remedy }: Finding,
  style: Style,
  columns: number,
): readonly string[] {
  const paint = { ok: style.good, warning: style.careful, problem: style.bad }[status];
  const head = `${paint(status.padEnd(8))}  ${check.padEnd(HEAD - 10)}`;
  const indent = ' '.repeat(HEAD);
  const room = Math.max(20, columns - HEAD);
  return [
    ...wrap(escapeShown(finding), room).map((line, index) => `${index === 0 ? head : indent}${line}`),
    // Commands are never broken, so that they can be copied.
    ...(remedy === null ? [] : [`${indent}→ ${escapeShown(remedy)}`]),
  ];
}
