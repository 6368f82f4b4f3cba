using MemScope.Core.Analysis.Probes;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Probes as wire records.</summary>
internal static class ProbeWires
{
    /// <summary>A probe.</summary>
    public static ProbeWire ToWire(this Probe probe) => new(probe.Slug, probe.Title, probe.Command, probe.Upload, probe.Risk, probe.Needs, probe.Why);
}
