/** Whose eyes a desk may look through. Pure. */
import type { Role } from '../../src-main/contract/system.ts';

/** An engineer may look through any role's eyes, everybody else only through their own. */
export function rolesToView(role: Role): readonly Role[] {
  return role === 'engineer' ? ['operator', 'annotator', 'engineer'] : [role];
}

export function viewedRole(role: Role, viewAs: Role | null): Role {
  return viewAs && rolesToView(role).includes(viewAs) ? viewAs : role;
}
