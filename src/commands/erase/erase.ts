import * as z from 'zod';
import { isNonEmpty } from '../../base/nonempty.ts';
import { seal } from '../../domain/document.ts';
import { IterationId, SafePath, toIteration } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Erasure } from '../../domain/record.ts';
import { confidentialIn } from '../../machine/confidential.ts';
import { bundleOf } from '../../machine/world.ts';
import type { Command } from '../shared/command.ts';
import { wrap } from '../shared/terminal/style.ts';
import { demandYes, wordsOf } from '../shared/terminal/prompts.ts';
import { entryBy, land, openDesk, Plan, roleFor, written } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({
  iteration: IterationId,
  file: z.array(SafePath).min(1),
  message: Why.optional(),
});

/** Says, signed, that content is gone, and takes its ciphertext out. */
export const erase: Command<z.infer<typeof Input>> = {
  name: 'erase',
  group: 'emergency',
  summary: 'take the content of confidential files out of a bundle, for good',
  description:
    'A data owner does it, in any state of the iteration. The digests stay, and with them everything that people signed;\n' +
    'the file reads CONTENT_ERASED from then on, and cannot be brought again. Of what is kept outside the repository it\n' +
    'says that it was erased there. Ciphertext stays in the history of every clone, readable only by keys it was sealed\n' +
    'to: what must be possible to destroy belongs outside.',
  arguments: [
    { name: '<iteration>', description: 'line@version' },
    { name: '<file...>', description: 'paths of confidential files, as show names them' },
  ],
  options: [{ flags: '--message <text>', description: 'why it is erased; nothing of the content' }],
  examples: [
    'modelsmith erase claims-triage@1.4.0 attachments/live.jsonl --message "Asked for on 2026-03-02, case 17."',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration: it, file: paths, message }, common) => {
    const desk = await openDesk(context, common);
    const iteration = toIteration(it);
    const headline = `${it} keeps what it has`;
    const bundle = bundleOf(desk.workspace.world.tree, iteration);
    if (bundle === null)
      return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
    const known = new Map(confidentialIn(bundle).map((each) => [each.path, each]));
    const unknown = paths.flatMap((path) =>
      known.has(path)
        ? []
        : [reason('ERASE_UNKNOWN', { path, message: 'is no confidential file of this bundle' })],
    );
    if (isNonEmpty(unknown)) return { kind: 'refused', headline, reasons: unknown };
    const text = await wordsOf(context, message, 'why is it erased?');
    const files = [...new Set<string>(paths)].sort().map((path) => {
      const { size = 0, sha256 = '' } = known.get(path)?.file ?? {};
      return { path, size, sha256 };
    });
    const role = roleFor(desk, common, ['data-owner'], iteration.line);
    const erasure = seal(Erasure, {
      ...entryBy(desk, 'erase', role, [bundle.record.request.id]),
      files: files as never,
      reason: text,
    });
    const plan = new Plan(desk);
    const refused = plan.add(headline, { kind: 'erase', iteration, erasure });
    if (refused !== null) return refused;
    if (context.terminal.interactive && !common.dryRun)
      await demandYes(
        context,
        `erase ${files.map(({ path }) => path).join(', ')} of ${it}? it cannot be brought back`,
        'nothing was erased',
      );
    const copies = confidentialIn(bundle).filter(
      ({ path, file, erased }) =>
        erased === null &&
        files.some((gone) => gone.sha256 === file.sha256) &&
        !files.some((gone) => gone.path === path),
    );
    const report = await land(desk, common, plan, `Erase content of ${it}`);
    return written(
      report,
      [
        ...files.map(({ path }) => `${common.dryRun ? 'would erase' : 'erased'} ${path}`),
        ...copies.flatMap(({ path }) =>
          wrap(`the same content is here once more: modelsmith erase ${it} ${path}`, 80),
        ),
        ...wrap(
          'Destroy the copies that were opened or are kept outside. Ciphertext stays in the history of clones, for those who hold its keys.',
          80,
        ),
      ],
      { iteration: it, erasure: erasure.id, files },
    );
  },
};
