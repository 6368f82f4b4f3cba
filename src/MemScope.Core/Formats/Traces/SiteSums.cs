using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>Sums over the sites of a dump that stay where they are when a damaged file's numbers would overflow them.</summary>
internal static class SiteSums
{
    /// <summary>The sum of one of their numbers; what is absent counts as none.</summary>
    public static long Total(this List<HeapSite> sites, Func<HeapSite, long?> number)
    {
        long sum = 0;
        foreach (var site in sites)
        {
            var value = number(site) ?? 0;
            var next = unchecked(sum + value);
            sum = value >= 0 == next >= sum ? next : sum;
        }
        return sum;
    }
}
