using MemScope.Core.Model;

namespace MemScope.Web.Symbolication;

/// <summary>Where a frame lies: module and the number that the module's file understands. Needs only maps; the symbols may come years later.</summary>
/// <param name="Module">Path of the module, or null.</param>
/// <param name="Value">File offset, or what the tracer printed (offset or link address, its file decides); null when not known.</param>
/// <param name="IsFileOffset">Whether <paramref name="Value"/> is certainly a file offset.</param>
internal readonly record struct ModuleAddress(string? Module, ulong? Value, bool IsFileOffset)
{
    /// <summary>Places a frame with the mappings of its process.</summary>
    public static ModuleAddress Of(RawFrame frame, VmaTable? maps)
    {
        if (frame.AddressKind is FrameAddressKind.InModule or FrameAddressKind.FileOffset or FrameAddressKind.LinkAddress) return new ModuleAddress(frame.Module, frame.Address, frame.AddressKind is FrameAddressKind.FileOffset);
        if (frame.AddressKind != FrameAddressKind.Absolute || maps is null) return new ModuleAddress(frame.Module, null, false);
        var index = maps.IndexOf(frame.Address);
        if (index < 0) return new ModuleAddress(frame.Module, null, false);
        var vma = maps[index];
        return vma.Name.StartsWith('/') ? new ModuleAddress(vma.Name, frame.Address - vma.Start + vma.Offset, true) : new ModuleAddress(frame.Module, null, false);
    }
}
