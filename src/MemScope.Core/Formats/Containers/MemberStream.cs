namespace MemScope.Core.Formats.Containers;

/// <summary>The bytes of an archive's member. It remembers what its archive threw: that the archive is damaged is no fault of the member.</summary>
internal sealed class MemberStream(Stream content) : ReadStream
{
    /// <summary>The refusal of the archive, or null.</summary>
    public CaptureRefusedException? Fault { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return content.Read(buffer);
        }
        catch (CaptureRefusedException refused)
        {
            Fault = refused;
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) content.Dispose();
        base.Dispose(disposing);
    }
}
