import * as z from 'zod';
import { LinePattern } from '../../../domain/line-pattern.ts';
import { HUMAN_ROLES, Role } from '../../../domain/roles.ts';
import type { OptionSpec } from '../command.ts';
import type { GrantSpec } from './signers-edit.ts';

/** `operator`, for all lines, or `operator@claims-*`. */
const Grant = z.string().transform((text, context): GrantSpec => {
  const at = text.lastIndexOf('@');
  const [role, line] = [
    Role.safeParse(at < 0 ? text : text.slice(0, at)),
    LinePattern.safeParse(at < 0 ? '*' : text.slice(at + 1)),
  ];
  if (role.success && line.success) return { role: role.data, lines: [line.data] };
  context.addIssue({
    code: 'custom',
    message: `must be a role, or <role>@<line>, such as operator@claims-*; roles are ${HUMAN_ROLES.join(', ')}, and for machines pipeline, reconciler and checker:<name>`,
  });
  return z.NEVER;
});

/** The same role for several lines is one grant. */
export const Grants = z
  .array(Grant)
  .default([])
  .transform((grants) =>
    [...new Set(grants.map(({ role }) => role))].map((role) => ({
      role,
      lines: [...new Set(grants.filter((grant) => grant.role === role).flatMap(({ lines }) => lines))],
    })),
  );

export const GRANT_OPTION: OptionSpec = {
  flags: '--role <role>',
  description: `a role, for all lines or as <role>@<line>; people: ${HUMAN_ROLES.join(', ')}; machines: pipeline, reconciler, checker:<name>`,
  repeat: true,
};
