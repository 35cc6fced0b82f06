DROP TYPE announced;

DROP TYPE label CASCADE;

DROP TYPE span;

DROP TYPE mood, address;
