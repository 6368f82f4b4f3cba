using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Categories;

/// <summary>Says of each mapping of an address space what kind of memory it is. Neighbours matter: guards, arena remainders and bss are told by what lies beside them.</summary>
public static class Categorizer
{
    /// <summary>One assignment per row of the table: the first rule of <see cref="CategoryRules.All"/> that applies.</summary>
    public static CategoryAssignment[] Classify(VmaTable vmas)
    {
        ArgumentNullException.ThrowIfNull(vmas);
        return Classify(vmas, CategoryRules.Compiled);
    }

    /// <summary>The same by other rules, of which the last must hold for every mapping.</summary>
    internal static CategoryAssignment[] Classify(VmaTable vmas, RuleTable rules)
    {
        using var space = new AddressSpaceFacts(vmas, rules);
        return new Classification(vmas, rules, space).Run();
    }

    /// <summary>One snapshot in the making.</summary>
    private sealed class Classification(VmaTable vmas, RuleTable rules, AddressSpaceFacts space)
    {
        private readonly Dictionary<string, RuleSet> _byFlags = [];
        private readonly MetricColumn?[] _columns = new MetricColumn?[Metrics.Count];
        private readonly RuleSet _withoutFlags = rules.OfFlags(null);
        private string? _lastFlags;
        private RuleSet _lastByFlags;

        public CategoryAssignment[] Run()
        {
            var assignments = new CategoryAssignment[vmas.Count];
            var passed = default(RuleSet);
            var counts = (int[]?)null;
            for (var row = 0; row < assignments.Length; row++)
            {
                var rule = FirstMatch(row, Candidates(row));
                assignments[row] = new(rules.Rules[rule]);
                if (rules.Rules[rule].Several == 1) continue;
                passed = passed.With(rule);
                (counts ??= new int[RuleSet.Capacity])[rule]++;
            }
            if (counts is not null) TakeBack(assignments, counts, passed);
            return assignments;
        }

        /// <summary>A pattern that only several mappings make is none where there are fewer: those go on to the rules behind.</summary>
        private void TakeBack(CategoryAssignment[] assignments, int[] counts, RuleSet passed)
        {
            for (; passed.First < rules.Rules.Length; passed = passed.WithoutFirst())
            {
                var weak = passed.First;
                if (counts[weak] >= rules.Rules[weak].Several) continue;
                for (var row = 0; row < assignments.Length; row++)
                {
                    if (assignments[row].Rule != rules.Rules[weak]) continue;
                    var rule = FirstMatch(row, Candidates(row).From(weak + 1));
                    assignments[row] = new(rules.Rules[rule]);
                    if (rules.Rules[rule].Several == 1) continue;
                    passed = passed.With(rule);
                    counts[rule]++;
                }
            }
        }

        private RuleSet Candidates(int row) => rules.Of(vmas.Permissions[row]) & space.NameOf(row).Verdict.Matches & OfFlags(row) & space.Process;

        private RuleSet OfFlags(int row)
        {
            if (vmas.Flags is not { } all || all[row] is not { } flags) return _withoutFlags;
            if (ReferenceEquals(flags, _lastFlags)) return _lastByFlags;
            if (!_byFlags.TryGetValue(flags, out var set)) _byFlags[flags] = set = rules.OfFlags(flags);
            (_lastFlags, _lastByFlags) = (flags, set);
            return set;
        }

        private int FirstMatch(int row, RuleSet candidates)
        {
            while (true)
            {
                var i = candidates.First;
                var rule = rules.Rules[i];
                if (!rule.LooksAtRow || Matches(rule, row)) return i;
                candidates = candidates.WithoutFirst();
            }
        }

        private bool Matches(CategoryRule rule, int row)
        {
            if ((space.Of(row) & rule.Layout) != rule.Layout) return false;
            var (start, size) = (vmas.Starts[row], vmas.Ends[row] - vmas.Starts[row]);
            if (start < rule.From || start >= rule.Below || size < rule.SizeLeast || size > rule.SizeMost) return false;
            if (size % rule.SizeMultiple != 0 || start % rule.StartMultiple != 0) return false;
            if (rule.StartNotMultiple > 0 && start % rule.StartNotMultiple == 0) return false;
            if (rule.SizesWithGuard.Length > 0 && Array.IndexOf(rule.SizesWithGuard, size) < 0 && Array.IndexOf(rule.SizesWithGuard, size + space.GuardBelow(row)) < 0) return false;
            if (rule.ReserveBeside > 0 && space.ReserveBeside(row) < rule.ReserveBeside) return false;
            foreach (var metric in rule.Lacks) if (Number(metric, row) > 0) return false;
            return rule.Holds.Length == 0 || HoldsAny(rule, row);
        }

        private bool HoldsAny(CategoryRule rule, int row)
        {
            foreach (var metric in rule.Holds) if (Number(metric, row) > 0) return true;
            return false;
        }

        private long Number(Metric metric, int row)
        {
            var column = _columns[(int)metric] ??= vmas.Column(metric);
            return column.IsEmpty ? 0 : column[row];
        }
    }
}
