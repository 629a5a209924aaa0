import * as z from 'zod';
import { bumped, versionRemedy } from '../shared/intake/bump-version.ts';
import type { Command } from '../shared/command.ts';
import { policyFolder } from '../shared/changes/policy-folder.ts';
import { proposePolicy } from '../shared/changes/propose-policy.ts';
import { required } from '../shared/opening/required.ts';
import { openDesk } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({
  folder: z.string(),
  reason: required('why this is to change').pipe(Why),
  bump: z.boolean().default(false),
});

/** Puts a whole new policy up for approval. */
export const policyPropose: Command<z.infer<typeof Input>> = {
  name: 'policy propose',
  group: 'policy',
  summary: 'put a new policy, new people or new rubrics up for approval',
  description:
    'The folder holds the whole policy: policy.yaml with the next version, signers.yaml, keys/ and rubrics/. Shows what\n' +
    'changes and who has to approve it. Anybody enrolled may propose; nothing changes until it is approved.',
  arguments: [{ name: '<folder>', description: 'folder with policy.yaml, signers.yaml, keys/ and rubrics/' }],
  options: [
    { flags: '--reason <text>', description: 'why; recorded and signed' },
    { flags: '--bump', description: 'write the next version into the proposed policy.yaml' },
  ],
  examples: [
    'modelsmith policy propose my-policy --reason "The core threshold rises to 0.75" --bump',
    'modelsmith policy propose my-policy --reason "Two operators sign off" --dry-run',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { folder, reason, bump }, common) => {
    const desk = await openDesk(context, common);
    const { law } = desk.workspace.world;
    const read = await policyFolder(context, folder);
    const files = bump ? bumped(law, read) : read;
    return await proposePolicy(desk, common, {
      files,
      reason,
      headline: 'this policy cannot be proposed',
      next: versionRemedy(law, files, folder),
    });
  },
};
