using MemScope.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MemScope.Migrations;

/// <summary>Lets <c>dotnet ef migrations add NAME</c> build the model; it never connects.</summary>
public sealed class DesignTimeContext : IDesignTimeDbContextFactory<MemScopeDbContext>
{
    /// <inheritdoc />
    public MemScopeDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MemScopeDbContext>().UseNpgsql("Host=design-time-only", o => o.MigrationsAssembly("MemScope.Migrations")).Options);
}
