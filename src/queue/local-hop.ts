/** Where recipients go whose mailboxes are here: no carriage names a hop so. */
export const localHop = 'local'
