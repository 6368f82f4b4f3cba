// @ts-check
// The moment that is being looked at: what one chart of a page points at, its others on the same time axis show too.

/** @typedef {{ el: HTMLElement, show: (clock: string, ms: number | null) => void }} Follower */

/** @type {Set<Follower>} */
const followers = new Set();

/** Listens to the other charts of the page. @param {Follower} follower @returns {() => void} stops it */
export function join(follower) {
  followers.add(follower);
  return () => followers.delete(follower);
}

/**
 * Tells the others; null when nothing is pointed at any more.
 * @param {HTMLElement} from the chart that is pointed at @param {string} clock what its times count from: charts of another clock do not follow @param {number | null} ms
 */
export function tellMoment(from, clock, ms) {
  for (const follower of followers) if (follower.el !== from) follower.show(clock, ms);
}
