/** The newest migration of the state that this build knows; a test holds it to the files. */
export const STATE_VERSION = '20261123040000';
