#!/usr/bin/perl -w
# Stands in for FlameGraph's stackcollapse-perf.pl where that is not installed: written anew to its documented behaviour, reading line by line with one regular expression per kind of
# line, as it does. Samples to "comm;root;...;leaf count"; a sample counts as often as its period says, and only the first event without fields is counted.
use strict;

my (%sums, @stack, $comm, $weight, $event);

while (my $line = <>) {
    next if $line =~ /^#/;
    chomp $line;
    if ($line eq '') {
        $sums{join(';', $comm, @stack)} += $weight if defined $comm;
        @stack = ();
        undef $comm;
    }
    elsif ($line =~ /^(\S.*?)\s+(\d+)(?:\/\d+)?\s+/) {
        my $name = $1;
        my $period = 1;
        undef $comm;
        if ($line =~ /:\s*(\d+)?\s+(\S+):\s*$/) {
            $period = $1 if $1;
            $event = $2 unless defined $event;
            next if $2 ne $event;
        }
        next if $line =~ /PERF_RECORD_/;
        ($comm = $name) =~ tr/ /_/;
        $weight = $period;
    }
    elsif ($line =~ /^\s*\w+\s*(.+) \((.*)\)$/) {
        next unless defined $comm;
        my ($function, $module) = ($1, $2);
        $function =~ s/\+0x[\da-f]+$//;
        if ($function eq '[unknown]' and $module ne '[unknown]') {
            ($function = $module) =~ s/.*\///;
            $function = "[$function]";
        }
        my @names;
        for my $part (split /->/, $function) {
            $part =~ s/;/:/g;
            $part =~ s/\((?!anonymous namespace\)).*// unless $part =~ /\.\(.*\)\./;
            $part =~ tr/"'//d;
            $part =~ s/^L// if $comm eq 'java' and $part =~ /\//;
            push @names, @names ? $part . '_[i]' : $part;
        }
        unshift @stack, @names;
    }
    else {
        warn "not understood: $line\n";
    }
}
print "$_ $sums{$_}\n" for sort keys %sums;
