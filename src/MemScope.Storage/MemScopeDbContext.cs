using System.Text;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace MemScope.Storage;

/// <summary>The schema. Made per operation by its factory, never kept; its entities do not leave this project.</summary>
public sealed class MemScopeDbContext(DbContextOptions<MemScopeDbContext> options) : DbContext(options)
{
    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        Processes(modelBuilder);
        Captures(modelBuilder);
        Snapshots(modelBuilder);
        Traces(modelBuilder);
        HeapProfiles(modelBuilder);
        Symbols(modelBuilder);
        NotesAndVerdicts(modelBuilder);
        Access(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        foreach (var property in entity.GetProperties())
        {
            property.SetColumnName(SnakeCase(property.Name));
            property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
        }
    }

    private static void Processes(ModelBuilder model)
    {
        model.Entity<ProcessTable>(e =>
        {
            e.ToTable("process").HasKey(x => x.ProcessId);
            e.HasIndex(x => new { x.Project, x.Host, x.Pid, x.ExecNumber }).IsUnique();
            e.Property(x => x.Labels).HasColumnType("jsonb");
        });
        model.Entity<ProcessStateTable>(e =>
        {
            e.ToTable("process_state").HasKey(x => x.ProcessId);
            e.HasIndex(x => x.LastUploadAt);
            e.HasOne<ProcessTable>().WithOne().HasForeignKey<ProcessStateTable>(x => x.ProcessId);
        });
        model.Entity<TrackTable>(e =>
        {
            e.ToTable("track").HasKey(x => new { x.ProcessId, x.Source });
            e.Property(x => x.Analyzer).HasDefaultValueSql("0");
            e.Property(x => x.AnalyzedSeq).HasDefaultValueSql("0");
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
    }

    private static void Captures(ModelBuilder model)
    {
        model.Entity<CaptureTable>(e =>
        {
            e.ToTable("capture").HasKey(x => x.CaptureId);
            e.HasIndex(x => new { x.Project, x.Sha256 }).IsUnique();
            e.HasIndex(x => new { x.Project, x.ReceivedAt, x.CaptureId });
            e.Property(x => x.Report).HasColumnType("jsonb");
            e.Property(x => x.Pinned).HasDefaultValueSql("false");
            e.Property(x => x.Contents).HasColumnType("jsonb").HasDefaultValueSql("'{}'");
        });
        model.Entity<CaptureChunkTable>(e =>
        {
            e.ToTable("capture_chunk").HasKey(x => new { x.CaptureId, x.Part });
            e.HasOne<CaptureTable>().WithMany().HasForeignKey(x => x.CaptureId);
        });
        model.Entity<UploadTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("upload").HasKey(x => new { x.ProcessId, x.UploadId });
            e.HasIndex(x => new { x.ProcessId, x.CaptureId, x.Occasion }).IsUnique();
            e.HasIndex(x => new { x.CaptureId, x.Occasion });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<IdempotencyKeyTable>(e => e.ToTable("idempotency_key").HasKey(x => new { x.Project, x.KeySha256 }));
    }

    private static void Snapshots(ModelBuilder model)
    {
        model.Entity<SnapshotTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("snapshot").HasKey(x => new { x.ProcessId, x.Number });
            e.HasIndex(x => new { x.ProcessId, x.Source, x.TakenAt });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<SnapshotBlockTable>(e =>
        {
            e.ToTable("snapshot_block").HasKey(x => new { x.ProcessId, x.Source, x.FirstNumber });
            e.HasIndex(x => x.ReceivedAt);
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<RegionTable>(e =>
        {
            e.ToTable("region").HasKey(x => new { x.ProcessId, x.Source, x.RegionId });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<RegionAliasTable>(e =>
        {
            e.ToTable("region_alias").HasKey(x => new { x.ProcessId, x.AliasId });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<SideFiguresTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("side_figures").HasKey(x => new { x.ProcessId, x.SideFiguresId });
            e.HasIndex(x => new { x.ProcessId, x.Kind, x.TakenAt });
            e.Property(x => x.Bytes).HasColumnType("jsonb");
            e.Property(x => x.Counts).HasColumnType("jsonb");
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
    }

    private static void Traces(ModelBuilder model)
    {
        model.Entity<TraceTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("trace").HasKey(x => new { x.ProcessId, x.TraceId });
            e.Property(x => x.Losses).HasColumnType("jsonb");
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<TraceMoveTable>(e =>
        {
            e.ToTable("trace_move").HasKey(x => new { x.ProcessId, x.TraceId, x.Ordinal });
            e.HasOne<TraceTable>().WithMany().HasForeignKey(x => new { x.ProcessId, x.TraceId });
        });
        model.Entity<TraceBlockTable>(e =>
        {
            e.ToTable("trace_block").HasKey(x => new { x.ProcessId, x.TraceId, x.Part });
            e.HasOne<TraceTable>().WithMany().HasForeignKey(x => new { x.ProcessId, x.TraceId });
        });
    }

    private static void HeapProfiles(ModelBuilder model)
    {
        model.Entity<HeapProfileTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("heap_profile").HasKey(x => new { x.ProcessId, x.HeapProfileId });
            e.HasIndex(x => new { x.ProcessId, x.TakenAt });
            e.Property(x => x.Losses).HasColumnType("jsonb");
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<HeapProfileBlockTable>(e =>
        {
            e.ToTable("heap_profile_block").HasKey(x => new { x.ProcessId, x.HeapProfileId, x.Part });
            e.HasOne<HeapProfileTable>().WithMany().HasForeignKey(x => new { x.ProcessId, x.HeapProfileId });
        });
    }

    private static void Symbols(ModelBuilder model)
    {
        model.Entity<SymbolFileTable>(e =>
        {
            e.ToTable("symbol_file").HasKey(x => x.SymbolFileId);
            e.HasIndex(x => new { x.Project, x.BuildId, x.Sha256 }).IsUnique();
            e.Property(x => x.Origin).HasDefaultValueSql("0");
            e.Property(x => x.Quality).HasDefaultValueSql("0");
            e.Property(x => x.ReaderVersion).HasDefaultValueSql("0");
        });
        model.Entity<SymbolFileChunkTable>(e =>
        {
            e.ToTable("symbol_file_chunk").HasKey(x => new { x.SymbolFileId, x.Part });
            e.HasOne<SymbolFileTable>().WithMany().HasForeignKey(x => x.SymbolFileId);
        });
        model.Entity<SymbolVerdictTable>(e => e.ToTable("symbol_verdict").HasKey(x => new { x.Sha256, x.ReaderVersion }));
        model.Entity<SymbolLinesTable>(e =>
        {
            e.ToTable("symbol_lines").HasKey(x => new { x.FileSha256, x.Tool, x.Address });
            e.HasIndex(x => x.At).HasMethod("brin");
        });
        model.Entity<DebuginfodAnswerTable>(e => e.ToTable("debuginfod_answer").HasKey(x => new { x.BuildId, x.Kind }));
        model.Entity<StackModuleTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("stack_module").HasKey(x => new { x.ProcessId, x.StacksId, x.Ordinal });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<CodeMapTable>(e =>
        {
            e.HasIndex(x => x.ReceivedAt).HasMethod("brin");
            e.ToTable("code_map").HasKey(x => new { x.ProcessId, x.CodeMapId });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
    }

    private static void NotesAndVerdicts(ModelBuilder model)
    {
        model.Entity<NoteTable>(e =>
        {
            e.ToTable("note").HasKey(x => new { x.ProcessId, x.NoteId });
            e.Property(x => x.Evidence).HasColumnType("jsonb");
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
        model.Entity<VerdictTable>(e =>
        {
            e.ToTable("verdict").HasKey(x => x.ProcessId);
            e.HasOne<ProcessTable>().WithOne().HasForeignKey<VerdictTable>(x => x.ProcessId);
        });
        model.Entity<FindingTable>(e =>
        {
            e.ToTable("finding").HasKey(x => new { x.ProcessId, x.Ordinal });
            e.HasIndex(x => new { x.Rule, x.Verdict });
            e.HasOne<ProcessTable>().WithMany().HasForeignKey(x => x.ProcessId);
        });
    }

    private static void Access(ModelBuilder model)
    {
        model.Entity<ShareTable>(e =>
        {
            e.ToTable("share").HasKey(x => x.ShareId);
            e.HasIndex(x => x.KeySha256).IsUnique();
            e.HasIndex(x => new { x.Project, x.CreatedAt, x.ShareId });
            e.Property(x => x.Document).HasColumnType("json");
            e.Property(x => x.FollowSymbols).HasDefaultValueSql("false");
            e.Property(x => x.Redaction).HasDefaultValueSql("''");
            e.Property(x => x.CreatedBy).HasDefaultValueSql("''");
        });
        model.Entity<TokenTable>(e =>
        {
            e.ToTable("token").HasKey(x => x.TokenId);
            e.HasIndex(x => x.SecretSha256).IsUnique();
        });
        model.Entity<AuditTable>(e =>
        {
            e.ToTable("audit").HasKey(x => x.AuditId);
            e.HasIndex(x => x.At);
            e.Property(x => x.Detail).HasDefaultValueSql("''");
        });
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
