namespace MemScope.Core.Analysis.Probes;

/// <summary>The probes, made for a process.</summary>
public static class ProbeBook
{
    /// <summary>The probe of a slug for a process, or null when there is none of that name.</summary>
    public static Probe? Find(string slug, ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return All(target).FirstOrDefault(p => p.Slug == slug);
    }

    /// <summary>All that fit the process, the gentlest first.</summary>
    public static IReadOnlyList<Probe> All(ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return [];
    }
}
