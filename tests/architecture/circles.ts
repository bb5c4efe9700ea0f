/** What each module imports, types included; by path. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Groups of modules of which each reaches all others of its group: none of them can be read, moved or tested without the
 * rest. A module that imports itself is one, too.
 * Source: Tarjan, Depth-first search and linear graph algorithms, 1972.
 */
export function findCircles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const open = new Set<string>();
  const circles: string[][] = [];

  const visit = (module: string): void => {
    order.set(module, order.size);
    lowest.set(module, order.get(module) ?? 0);
    path.push(module);
    open.add(module);
    const lower = (to: number | undefined): void => {
      lowest.set(module, Math.min(lowest.get(module) ?? Infinity, to ?? Infinity));
    };
    for (const next of graph.get(module) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lower(lowest.get(next));
      } else if (open.has(next)) {
        lower(order.get(next));
      }
    }
    if (lowest.get(module) !== order.get(module)) return;
    const group = path.splice(path.indexOf(module));
    for (const one of group) open.delete(one);
    if (group.length > 1 || graph.get(module)?.includes(module)) circles.push(group.toSorted());
  };
  for (const module of graph.keys()) if (!order.has(module)) visit(module);
  return circles;
}
